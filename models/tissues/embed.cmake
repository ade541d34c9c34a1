# Writes the *.yaml of folders as byte arrays into OUTPUT, a C file with one list, NAME: the program needs no files of its
# own where it runs.
#   cmake -D NAME=models_tissues -D FOLDERS=models/tissues -D OUTPUT=tissues.c -P embed.cmake
list(TRANSFORM FOLDERS APPEND /*.yaml OUTPUT_VARIABLE patterns)
file(GLOB files ${patterns})
list(SORT files)
set(arrays "/* Made from texts by embed.cmake; changes here are lost. */\n")
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
file(WRITE ${OUTPUT} "${arrays}extern const builtin_text ${NAME}[];
const builtin_text ${NAME}[] = {\n${rows}    {0}};\n")
