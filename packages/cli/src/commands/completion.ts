import type { Command, CommonFlags } from '../command.js'
import { type Shell, scripts } from '../completion/completion-scripts.js'

interface CompletionFlags extends CommonFlags {
  readonly shell: Shell
}

const shells = ['bash', 'zsh', 'fish', 'powershell'] as const satisfies readonly Shell[]

/** `connect-okta completion`: prints the completion script of a shell. */
export const command: Command<CompletionFlags> = {
  positionals: {
    shell: { choices: shells, describe: 'The shell' },
  },
  examples: [
    ['eval "$($0 completion bash)"', 'In ~/.bashrc'],
    ['eval "$($0 completion zsh)"', 'In ~/.zshrc, after compinit'],
    ['$0 completion fish | source', 'In ~/.config/fish/config.fish'],
    ['$0 completion powershell | Out-String | Invoke-Expression', 'In $PROFILE'],
  ],

  async run({ shell }, terminal) {
    await terminal.write(scripts[shell])
  },
}
