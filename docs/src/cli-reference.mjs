import { readCliHelp } from './cli-help.mjs'

/** Returns a page with the help of every command. */
export async function cliReference() {
  const sections = (await readCliHelp()).map(({ path, text }) => {
    const title = path.length === 0 ? '' : `## connect-okta ${path.join(' ')}\n\n`
    return `${title}\`\`\`text\n${text}\n\`\`\`\n`
  })
  return `# CLI commands

This page shows the \`--help\` of each command. For examples, see [CLI](../cli.md).

${sections.join('\n')}`
}
