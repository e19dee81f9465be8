/// What the generated completions lack: a line without a subcommand means `evaluate`, and the value of
/// `--set KEY=VALUE` begins behind its `=`.
enum CompletionScript {
  /// What the program prints, with that where it is a script that needs it.
  static func completed(_ text: String) -> String {
    if text.hasPrefix("#compdef") { return zsh(text) }
    return text.hasPrefix("#!/bin/bash") ? text + bash : text
  }

  /// Bash cuts words at `=`, and replaces what is behind it alone.
  private static let bash = #"""


    # The words of a line as the program gets them: bash cuts them at "=".
    _qkd-run_whole_words() {
        local -a whole=("${COMP_WORDS[0]}")
        local word glue='' kept=''
        for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
            if [[ -n "${glue}" ]]; then
                whole[-1]+="${word}"
                glue=''
            elif [[ "${word}" = '=' && "${whole[-1]}" = --* ]]; then
                whole+=('')
                glue=value
            elif [[ "${word}" = '=' ]]; then
                whole[-1]+='='
                kept="${whole[-1]}"
                glue=value
            else
                whole+=("${word}")
                kept=''
            fi
        done
        # A line that begins with a flag is one of evaluate.
        [[ "${whole[1]}" != -* ]] || whole=("${whole[0]}" evaluate "${whole[@]:1}")
        local -a COMP_WORDS=("${whole[@]}")
        local -i COMP_CWORD="$((${#whole[@]} - 1))"
        _qkd-run "${1}" "${whole[-1]}" "${whole[-2]}"
        COMPREPLY=("${COMPREPLY[@]#"${kept}"}")
        # Names of settings and of folders go on.
        [[ "${COMPREPLY[0]}" != *[=/] ]] || compopt -o nospace
        [[ "${whole[-2]}" != --set && " ${COMPREPLY[*]} " != *[=/]' '* ]] || compopt +o filenames
    }

    complete -o filenames -F _qkd-run_whole_words qkd-run
    """#

  /// No blank behind what goes on, and `evaluate` where a line begins with a flag.
  private static func zsh(_ script: String) -> String {
    let describes = "    _describe -V '' non_empty_completions "
    return script.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      if line.hasPrefix(describes) {
        return #"""
              local -a going_on=()
              [[ -z "${non_empty_completions[(r)*[=/]]}" ]] || going_on=(-S '')
          \#(describes)"${going_on[@]}" \#(line.dropFirst(describes.count))
          """#
      }
      if line.hasPrefix("    local -r command_name=") {
        return #"""
              if [[ "${words[2]}" = -* ]]; then
                  words=("${words[1]}" evaluate "${(@)words[2,-1]}")
                  ((CURRENT++))
              fi
          \#(line)
          """#
      }
      return String(line)
    }.joined(separator: "\n")
  }
}
