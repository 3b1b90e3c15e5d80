import { readCliHelp } from './cli-help.mjs'

/** Every command, in the words of its own help. */
export async function cliReference() {
  const sections = (await readCliHelp()).map(({ path, text }) => {
    const title = path.length === 0 ? '' : `## connect-okta ${path.join(' ')}\n\n`
    return `${title}\`\`\`text\n${text}\n\`\`\`\n`
  })
  return `# Commands

What each command of \`connect-okta\` says with \`--help\`. [Start](../start.md) shows the first of them at work.

${sections.join('\n')}`
}
