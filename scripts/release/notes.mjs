import { publishedPackages } from '../packages.mjs'
import { newestEntry } from './changelog.mjs'

const site = 'https://connect-okta.github.io/connect-okta'

/** Returns the notes of the release on GitHub: how to install it, and the newest entry of each changelog. */
export function releaseNotes() {
  const entries = publishedPackages()
    .map(({ folder, manifest }) => ({ name: manifest.name, text: newestEntry(folder).text }))
    // All packages have the same version, also those without a change.
    .filter(({ text }) => text !== '')
    .map(({ name, text }) => `## ${name}\n\n${withoutLineBreaks(text)}\n`)
  return [install(publishedPackages()[0].manifest), ...entries].join('\n')
}

// GitHub shows each line break of the notes. Those of code, lists, headings, quotes and tables remain.
function withoutLineBreaks(text) {
  return text
    .split(/(^ *```[\s\S]*?^ *```$)/m)
    .map((part, index) => (index % 2 === 0 ? part.replace(/(?<=\S)\n *(?=[^\s#>|*-])(?!\d+\. )/g, ' ') : part))
    .join('')
}

function install({ version, bugs }) {
  const repository = bugs.replace(/\/issues$/, '').replace('https://github.com/', '')
  return `To get started, see [Start](${site}/start).

| To use | Install |
| --- | --- |
| a shell | \`npm install -g @connect-okta/cli\`, or the single-file program below |
| PowerShell | \`Install-PSResource ConnectOkta\` |
| TypeScript | \`npm install @connect-okta/core\` |
| the broker | \`npm install -g @connect-okta/server\`, \`docker pull ghcr.io/${repository.split('/')[0]}/connect-okta-server:${version}\`, or the single-file program below |
| tests | \`npm install --save-dev @connect-okta/emulator\` |

The single-file programs below contain Node.js, the CLI, the broker, and the Node.js part of the PowerShell module. To verify a download:

\`\`\`sh
sha256sum --check --ignore-missing SHA256SUMS
gh attestation verify connect-okta-${version}-linux-x64.tar.gz --repo ${repository}
\`\`\`
`
}
