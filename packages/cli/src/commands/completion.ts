import type { Command, CommonFlags } from '../command.js'
import { type Shell, scripts } from '../completion/completion-scripts.js'

interface CompletionFlags extends CommonFlags {
  readonly shell: Shell
}

const shells = ['bash', 'zsh', 'fish', 'powershell'] as const satisfies readonly Shell[]

/** `connect-okta completion`: prints the completion script of a shell. */
export const command: Command<CompletionFlags> = {
  positionals: {
    shell: { choices: shells, describe: 'The shell that the script is for' },
  },
  examples: [
    ['eval "$($0 completion bash)"', 'bash: add this to ~/.bashrc'],
    ['eval "$($0 completion zsh)"', 'zsh: add this to ~/.zshrc, after compinit'],
    ['$0 completion fish | source', 'fish: add this to ~/.config/fish/config.fish'],
    ['$0 completion powershell | Out-String | Invoke-Expression', 'PowerShell: add this to $PROFILE'],
  ],

  async run({ shell }, terminal) {
    await terminal.write(scripts[shell])
  },
}
