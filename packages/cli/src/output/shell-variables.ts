import { OktaConnectError } from '@connect-okta/core'

/** The shells that {@link shellVariables} writes commands for. */
export const shells = ['sh', 'fish', 'powershell', 'cmd'] as const

/** One of {@link shells}. `sh` is for bash and zsh too. */
export type Shell = (typeof shells)[number]

/**
 * The commands that set environment variables in a shell, one on each line.
 *
 * @param variables `undefined` removes a variable.
 *
 * @throws {@link OktaConnectError} `options_invalid` for a value that the shell cannot hold
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02
 * @see https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules
 */
export function shellVariables(variables: Readonly<Record<string, string | undefined>>, shell: Shell): string {
  return Object.entries(variables)
    .map(([name, value]) => (value === undefined ? removal(name, shell) : shellVariable(name, value, shell)))
    .join('\n')
}

function removal(name: string, shell: Shell): string {
  switch (shell) {
    case 'sh':
      return `unset ${name}`
    case 'fish':
      return `set -e ${name}`
    case 'powershell':
      return `Remove-Item Env:${name} -ErrorAction Ignore`
    case 'cmd':
      return `set "${name}="`
  }
}

function shellVariable(name: string, value: string, shell: Shell): string {
  switch (shell) {
    case 'sh':
      // fish, where this form is often pasted, reads a backslash differently. No token and no address has one.
      if (value.includes('\\')) throw unsupported(name, 'sh', 'Use --format json.')
      return `export ${name}='${value.replaceAll("'", "'\\''")}'`
    case 'fish':
      return `set -gx ${name} '${value.replaceAll(/[\\']/g, '\\$&')}'`
    case 'powershell':
      // PowerShell reads typographic quotation marks as this one.
      return `$env:${name} = '${value.replaceAll(/['‘’‚‛]/g, '$&$&')}'`
    case 'cmd':
      // cmd.exe has no way to write them between quotation marks.
      if (/["%!\r\n]/.test(value)) throw unsupported(name, 'cmd.exe', 'Use PowerShell: --shell powershell')
      return `set "${name}=${value}"`
  }
}

function unsupported(name: string, shell: string, hint: string): OktaConnectError {
  return new OktaConnectError('options_invalid', `${name} has a value that cannot be set in ${shell}.`, { hint })
}
