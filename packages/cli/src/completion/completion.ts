import { printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';

// In each script the program itself proposes, so that names of runs and tasks come along and nothing goes stale.
// What it proposes nothing for, such as the path of a design, is completed as files.

const BASH = `# bash completion for tina
_tina() {
  local current words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  current="\${COMP_WORDS[COMP_CWORD]}"
  local IFS=$'\\n'
  COMPREPLY=($(tina __complete -- "\${words[@]}" 2>/dev/null | cut -f1))
  if [ \${#COMPREPLY[@]} -eq 0 ]; then
    compopt -o default 2>/dev/null
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -F _tina tina`;

const ZSH = `#compdef tina
_tina() {
  local -a proposals
  local line
  for line in "\${(@f)$(tina __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && proposals+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#proposals} )); then
    _describe 'tina' proposals
  else
    _files
  fi
}
if [[ $funcstack[1] == _tina ]]; then _tina; else compdef _tina tina; fi`;

const FISH = `# fish completion for tina
function __tina_complete
    set -l words (commandline -opc) (commandline -ct)
    tina __complete -- $words[2..-1] 2>/dev/null
end
complete -c tina -a '(__tina_complete)'`;

export function completion(
  context: CliContext,
  _flags: Readonly<Record<never, never>>,
  shell: 'bash' | 'zsh' | 'fish',
): void {
  printLines(context.io, [{ bash: BASH, zsh: ZSH, fish: FISH }[shell]]);
}
