# Writes FOLDER/*.yaml as byte arrays into OUTPUT, a C file: the program needs no files of its own where it runs.
#   cmake -D FOLDER=models/tissues -D OUTPUT=tissues.c -P embed.cmake
file(GLOB files ${FOLDER}/*.yaml)
list(SORT files)
set(arrays "/* Made from the texts in models/tissues by embed.cmake; changes here are lost. */\n")
string(APPEND arrays "#include \"sim/kinds/text.h\"\n")
set(rows "")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} bytes HEX)
  string(LENGTH "${bytes}" size)
  math(EXPR size "${size} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND arrays "static const unsigned char ${name}[] = {${bytes}0};\n")
  string(APPEND rows "    {\"${name}\", (const char *)${name}, ${size}},\n")
endforeach()
file(WRITE ${OUTPUT} "${arrays}extern const builtin_text models_tissues[];
const builtin_text models_tissues[] = {\n${rows}    {0}};\n")
