# The three kinds of target that the tree has. Every target compiles with warnings as errors, but what is deployed: whoever
# builds it is not to be stopped by what another compiler, or another optimisation, warns of.
# Includes are written from the root of the tree: #include "common/store/store.h".

# Tells the thread sanitizer what Abseil's locks and gRPC's queues order.
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=thread")
  add_library(amikeco_tsan OBJECT tests/support/tsan.cc)
  target_link_libraries(amikeco_tsan PUBLIC absl::synchronization absl::time ${CMAKE_DL_LIBS})
endif()

# What only saves time is left out where a launcher is given, as by -DCMAKE_CXX_COMPILER_LAUNCHER=ccache: who builds again
# and again is better off with each source compiled by itself, and is told of an include that is missing.
if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(_amikeco_together ON)
endif()

# _amikeco_common(TARGET [PRECOMPILED]): with the headers that this target has read.
function(_amikeco_common target)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
  target_compile_options(${target} PRIVATE -pthread -Wall -Wextra -Wpedantic $<$<NOT:$<CONFIG:Release>>:-Werror>
                                           -Wno-unused-parameter)
  if(TARGET "${ARGV1}")
    target_precompile_headers(${target} REUSE_FROM ${ARGV1})
  endif()
endfunction()

# Reading headers is a half of clang's work: those of precompiled.h are read once for all sources and once for all tests. GCC
# gains nothing by it.
function(amikeco_precompile)
  if(NOT _amikeco_together OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    return()
  endif()
  file(WRITE ${PROJECT_BINARY_DIR}/nothing.cc "")
  foreach(name amikeco_precompiled amikeco_precompiled_test)
    add_library(${name} OBJECT ${PROJECT_BINARY_DIR}/nothing.cc)
    target_link_libraries(${name} PRIVATE amikeco_protos)
    target_precompile_headers(${name} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled.h)
    _amikeco_common(${name})
  endforeach()
  target_link_libraries(amikeco_precompiled_test PRIVATE GTest::gmock)
  target_precompile_headers(amikeco_precompiled_test PRIVATE <gmock/gmock.h>)
  target_compile_options(amikeco_precompiled_test PRIVATE -O0)
endfunction()

# amikeco_library(NAME SOURCES a.cc b.cc [ALONE b.cc] DEPS x y)
# Sources are compiled eight at once, as most of the work is to read what they all include; but for those that are ALONE, as
# they have something of the same name as another.
function(amikeco_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;ALONE;DEPS" ${ARGN})
  if(arg_SOURCES)
    add_library(${name} STATIC ${arg_SOURCES})
    if(_amikeco_together)
      set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
      set_source_files_properties(${arg_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
      target_compile_options(${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
    endif()
    target_link_libraries(${name} PUBLIC ${arg_DEPS})
    _amikeco_common(${name} amikeco_precompiled)
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${arg_DEPS})
    target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR})
  endif()
endfunction()

# amikeco_binary(NAME SOURCES main.cc DEPS x y); the program is written to <build>/bin.
function(amikeco_binary name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_DEPS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  _amikeco_common(${name} amikeco_precompiled)
endfunction()

# amikeco_test(NAME SOURCES a_test.cc DEPS x y [TIMEOUT s]); one ctest entry a program.
function(amikeco_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_DEPS} GTest::gmock GTest::gtest_main)
  _amikeco_common(${name} amikeco_precompiled_test)
  # A test's own code need not be fast, and is a half of all that is compiled.
  target_compile_options(${name} PRIVATE $<$<CXX_COMPILER_ID:Clang>:-O0>)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  if(TARGET amikeco_tsan)
    target_link_libraries(${name} PRIVATE amikeco_tsan)
  endif()
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 5")
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}")
endfunction()
