# Writes config.h at build time, so that the commit it names is the one that is built. Untouched when nothing changed.
set(KNEAD_COMMIT unknown)
if(EXISTS ${SOURCE}/.git) # else the sources lie inside somebody else's repository, or in none
  # safe.directory: git refuses a clone that another user owns, as in a container
  set(git git -c safe.directory=${SOURCE} -C ${SOURCE})
  execute_process(COMMAND ${git} rev-parse HEAD OUTPUT_VARIABLE hash RESULT_VARIABLE failed ERROR_QUIET
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(failed EQUAL 0)
    set(KNEAD_COMMIT ${hash})
    execute_process(COMMAND ${git} status --porcelain OUTPUT_VARIABLE changes ERROR_QUIET)
    if(changes)
      string(APPEND KNEAD_COMMIT "+changes")
    endif()
  endif()
endif()
configure_file(${SOURCE}/sim/base/config.h.in ${OUTPUT} @ONLY)
