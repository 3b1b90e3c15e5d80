/** A shell with a completion script. */
export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell'

// Each script runs `connect-okta __complete WORD … =LAST`: the words before the cursor, and the word at the cursor after an
// equals sign, because some shells drop an empty word. The output has one candidate on each line, with a tab before its
// description; or it is `:files`, for which the shell completes file names.

const bash = `_connect_okta() {
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD-1}") line candidate
  COMPREPLY=()
  while IFS= read -r line; do
    candidate=\${line%%$'\\t'*}
    [[ $candidate == :files ]] || COMPREPLY+=("$candidate")
  done < <(connect-okta __complete "\${words[@]}" "=\${COMP_WORDS[COMP_CWORD]}" 2>/dev/null)
}
complete -o bashdefault -o default -F _connect_okta connect-okta
`

const zsh = `#compdef connect-okta
_connect_okta() {
  local -a found
  local line candidate meaning
  for line in "\${(@f)$(connect-okta __complete "\${(@)words[2,CURRENT-1]}" "=\${words[CURRENT]}" 2>/dev/null)}"; do
    [[ -z $line ]] && continue
    if [[ $line == :files ]]; then
      _files
      return
    fi
    candidate=\${line%%$'\\t'*} meaning=\${line#*$'\\t'}
    found+=("\${candidate//:/\\\\:}\${meaning:+:$meaning}")
  done
  _describe connect-okta found
}
if [[ $funcstack[1] == _connect_okta ]]; then
  _connect_okta "$@"
else
  compdef _connect_okta connect-okta
fi
`

const fish = `function __connect_okta
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    set -l found (connect-okta __complete $words[2..-1] "=$last" 2>/dev/null)
    if test "$found" = ":files"
        __fish_complete_path "$last"
    else
        string join \\n -- $found
    end
end
complete -c connect-okta -f -a '(__connect_okta)'
`

const powershell = `Register-ArgumentCompleter -Native -CommandName connect-okta -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
  connect-okta __complete @words "=$wordToComplete" 2>$null | Where-Object { $_ -and $_ -ne ':files' } | ForEach-Object {
    $candidate, $meaning = $_ -split "\\t", 2
    [System.Management.Automation.CompletionResult]::new($candidate, $candidate, 'ParameterValue', ($meaning, $candidate -ne '')[0])
  }
}
`

/** The completion script of each shell. */
export const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell }
