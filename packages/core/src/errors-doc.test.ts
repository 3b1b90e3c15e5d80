import { expect, it } from 'vitest'
import { parseOptions } from './config/parse-options.js'
import { errorCatalog } from './errors.js'
import { type OktaRejection, oauthErrors, oktaRejections } from './oauth/okta-rejections.js'

const options = { tenant: 'example.okta.com', clientId: '0oa1a2b3c4d5e6f7g8h9', scopes: ['okta.users.read'] }
const { connection: example } = await parseOptions(options)

function hintOf({ hint, sample = {} }: Pick<OktaRejection, 'hint' | 'sample'>): string {
  const { grant = example.grant, ...login } = sample
  return hint({ ...example, login: { ...example.login, ...login }, grant })
}
const describedBy = ({ source }: RegExp) =>
  source
    .replaceAll('|', ' / ')
    .replace(/\.\*/g, '…')
    .replace(/[()\\]/g, '')

const page = `# Errors

<!-- Generated from the error catalog in packages/core/src/errors.ts and oauth/okta-rejections.ts: npx vitest run --project core errors-doc -u -->

Every error is an \`OktaConnectError\` with a stable \`code\`, a \`message\` that describes what failed and a \`hint\` that
describes what to do next. If Okta rejected the request, \`oauth\` contains Okta's error. Branch on codes, because messages can
change.

## Codes

| code | meaning | exit code | HTTP status of the broker |
| --- | --- | --- | --- |
${Object.entries(errorCatalog)
  .map(
    ([code, { meaning, exitCode, httpStatus }]) => `| \`${code}\` | ${meaning} | ${exitCode} | ${httpStatus ?? '–'} |`,
  )
  .join('\n')}

## When Okta rejects a request

| Okta's error description | code | what to do |
| --- | --- | --- |
${oktaRejections.map(rejection => `| ${describedBy(rejection.message)} | \`${rejection.code}\` | ${hintOf(rejection)} |`).join('\n')}

If the description is not in this list, Okta's \`error\` determines the code.

| \`error\` | code | what to do |
| --- | --- | --- |
${Object.entries(oauthErrors)
  .map(([error, rejection]) => `| \`${error}\` | \`${rejection.code}\` | ${hintOf(rejection)} |`)
  .join('\n')}
`

it('generates docs/errors.md from the error catalog', async () => {
  await expect(page).toMatchFileSnapshot('../../../docs/errors.md')
})
