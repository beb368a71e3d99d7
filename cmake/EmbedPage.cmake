# cmake -DOUTPUT=FILE -DPAGE=DIRECTORY -P EmbedPage.cmake
# Writes the C++ source that holds the files of a built page, compressed, and defines ganymede::serve::embedded_page().
# The assembler embeds the files directly; a compiler would take minutes. Without a directory there are none.
set(names "")
if(PAGE)
  file(GLOB_RECURSE names RELATIVE "${PAGE}" "${PAGE}/*")
  list(FILTER names EXCLUDE REGEX "\\.gz$")
endif()
set(assembly "")
set(declarations "")
set(rows "")
set(number 0)
foreach(name IN LISTS names)
  execute_process(COMMAND gzip --best --no-name --keep --force "${PAGE}/${name}" COMMAND_ERROR_IS_FATAL ANY)
  string(APPEND assembly "
    \"page_${number}_begin: .incbin \\\"${PAGE}/${name}.gz\\\"\\n\"
    \"page_${number}_end:\\n\"")
  string(APPEND declarations "extern const char page_${number}_begin[], page_${number}_end[];\n")
  string(APPEND rows "
      PageFile{\"${name}\", {page_${number}_begin, static_cast<std::size_t>(page_${number}_end - page_${number}_begin)}},")
  math(EXPR number "${number} + 1")
endforeach()

if(assembly)
  set(assembly "__asm__(\".section .rodata\\n\"${assembly}
    \".previous\\n\");

extern \"C\" {
${declarations}}
")
endif()
file(WRITE "${OUTPUT}" "#include \"serve/page.h\"

#include <array>
#include <cstddef>

${assembly}
namespace ganymede::serve {

std::span<const PageFile> embedded_page() {
  static const std::array<PageFile, ${number}> files{${rows}
  };
  return files;
}

}  // namespace ganymede::serve
")
