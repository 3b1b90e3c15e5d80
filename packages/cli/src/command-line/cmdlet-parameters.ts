import { OktaConnectError } from '@connect-okta/core'
import { commandOf } from './command-flags.js'

// -Tenant, -Force:$true; but not -XPOST, an option of curl.
const parameter = /^-[A-Z][a-z][A-Za-z]+(:|$)/

/**
 * Rejects parameters of the cmdlet `Connect-Okta` where a command belongs. If file names are case-insensitive, PowerShell runs this
 * program in place of the cmdlet of a module that is not imported yet.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 * @see https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_command_precedence
 */
export async function rejectCmdletParameters(args: readonly string[]): Promise<void> {
  if (!args.some(argument => parameter.test(argument))) return
  // The value of a parameter may be the name of a command.
  if (!parameter.test(args[0] ?? '') && (await commandOf(args)).name !== undefined) return
  throw new OktaConnectError(
    'options_invalid',
    'These are parameters of the cmdlet Connect-Okta. This is the CLI of the same name.',
    { hint: 'To use the cmdlet, run: Import-Module ConnectOkta' },
  )
}
