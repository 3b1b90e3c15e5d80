import { expect, it } from 'vitest'
import { parseOptions } from './config/parse-options.js'
import { errorCatalogue } from './errors.js'
import { type OktaRejection, oauthErrors, oktaRejections } from './oauth/okta-rejections.js'

const { connection: example } = await parseOptions({
  tenant: 'example.okta.com',
  clientId: '0oa1a2b3c4d5e6f7g8h9',
  scopes: ['okta.users.read'],
})

const hintOf = ({ hint }: Pick<OktaRejection, 'hint'>) => hint(example)
const words = ({ source }: RegExp) => source.replaceAll('|', ' / ').replace(/\.\*/g, '…').replace(/[()]/g, '')

const page = `# Errors

<!-- Made from the catalogue in packages/core/src/errors.ts and oauth/okta-rejections.ts: npx vitest run --project core errors-doc -u -->

Every error is an \`OktaConnectError\` with a stable \`code\`, a \`message\` that says what happened and a \`hint\` that says what
to do next. Where Okta refused, \`oauth\` holds its words. Branch on codes: messages change.

## Codes

| code | what it means | exit code | HTTP status of the broker |
| --- | --- | --- | --- |
${Object.entries(errorCatalogue)
  .map(
    ([code, { meaning, exitCode, httpStatus }]) => `| \`${code}\` | ${meaning} | ${exitCode} | ${httpStatus ?? '–'} |`,
  )
  .join('\n')}

## When Okta says no

| Okta's words | code | what to do |
| --- | --- | --- |
${oktaRejections.map(refusal => `| ${words(refusal.message)} | \`${refusal.code}\` | ${hintOf(refusal)} |`).join('\n')}

Where the words are others, the code of the answer decides.

| \`error\` | code | what to do |
| --- | --- | --- |
${Object.entries(oauthErrors)
  .map(([error, refusal]) => `| \`${error}\` | \`${refusal.code}\` | ${hintOf(refusal)} |`)
  .join('\n')}
`

it('docs/errors.md tells what the catalogue tells', async () => {
  await expect(page).toMatchFileSnapshot('../../../docs/errors.md')
})
