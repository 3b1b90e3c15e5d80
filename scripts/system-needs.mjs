// Uses only Node's own modules: it runs before anything is installed.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import {
  installFromDebian,
  installFromNpm,
  installFromNuGet,
  installPester,
  installPowerShell,
} from './install-programs.mjs'
import { root } from './pnpm.mjs'

/**
 * The programs that some tests require: their purpose, the vitest projects that use them, their commands or the paths of their files,
 * and the Debian packages that contain them, or a function that installs them into a folder of this repository.
 */
const systemNeeds = [
  {
    name: 'chromium',
    purpose: 'the sign-in in a real browser',
    projects: ['system', 'powershell-shim', 'docs', 'conformance'],
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    packages: ['chromium'],
  },
  {
    name: 'openssl',
    purpose: 'certificates of a private certificate authority, and signatures of a command',
    projects: ['server', 'system', 'workspace', 'conformance'],
    commands: ['openssl'],
    packages: ['openssl'],
  },
  {
    name: 'redisServer',
    purpose: 'the token store on a real Redis',
    projects: ['server', 'system', 'powershell-shim', 'torture'],
    commands: ['redis-server', 'valkey-server'],
    packages: ['redis-server'],
  },
  {
    name: 'secretService',
    purpose: 'tokens that are sealed with a key in a keyring',
    projects: ['system', 'powershell-shim', 'single-file', 'torture'],
    commands: ['gnome-keyring-daemon'],
    packages: ['gnome-keyring', 'dbus'],
  },
  {
    name: 'sshAgent',
    purpose: 'client keys in an ssh-agent',
    projects: ['system', 'bench', 'workspace'],
    commands: ['ssh-agent'],
    packages: ['openssh-client'],
  },
  {
    name: 'gpgAgent',
    purpose: 'client keys in gpg-agent, as an ssh-agent',
    projects: ['system'],
    commands: ['gpg-agent'],
    packages: ['gnupg', 'gpg-agent'],
  },
  {
    name: 'softHsm',
    purpose: 'client keys in a PKCS#11 token',
    projects: ['system'],
    commands: ['softhsm2-util'],
    packages: ['softhsm2'],
  },
  {
    name: 'pkcs11Tool',
    purpose: 'signatures of a PKCS#11 token',
    projects: ['system'],
    commands: ['pkcs11-tool'],
    packages: ['opensc'],
  },
  {
    name: 'swtpm',
    purpose: 'client keys in a TPM',
    projects: ['system'],
    commands: ['swtpm'],
    packages: ['swtpm', 'tpm2-openssl', 'openssl'],
  },
  {
    name: 'strace',
    purpose: 'the files that a program with a signer opens',
    projects: ['system'],
    commands: ['strace'],
    packages: ['strace'],
  },
  {
    name: 'curl',
    purpose: 'headers that curl sends',
    projects: ['system', 'docs', 'workspace'],
    commands: ['curl'],
    packages: ['curl'],
  },
  {
    name: 'tmux',
    purpose: 'a real terminal',
    projects: ['system', 'powershell-shim'],
    commands: ['tmux'],
    packages: ['tmux'],
  },
  {
    name: 'nginx',
    purpose: 'the broker behind nginx',
    projects: ['system', 'bench'],
    commands: ['nginx', '/usr/sbin/nginx'],
    packages: ['nginx'],
  },
  {
    name: 'haproxy',
    purpose: 'the broker behind HAProxy',
    projects: ['system'],
    commands: ['haproxy', '/usr/sbin/haproxy'],
    packages: ['haproxy'],
  },
  {
    name: 'promtool',
    purpose: 'the metrics and alert rules of the broker, checked by Prometheus',
    projects: ['system'],
    commands: ['promtool'],
    packages: ['prometheus'],
  },
  {
    name: 'jq',
    purpose: 'the commands of the runbook, with a real log',
    projects: ['system', 'workspace'],
    commands: ['jq'],
    packages: ['jq'],
  },
  {
    name: 'systemdAnalyze',
    purpose: 'the units of the broker and of docs/recipes/systemd.md, checked by systemd',
    projects: ['system', 'workspace'],
    commands: ['systemd-analyze'],
    packages: ['systemd'],
  },
  { name: 'zsh', purpose: 'completion in zsh', projects: ['system'], commands: ['zsh'], packages: ['zsh'] },
  {
    name: 'fish',
    purpose: 'completion and variables in fish',
    projects: ['cli', 'system'],
    commands: ['fish'],
    packages: ['fish'],
  },
  {
    name: 'authlib',
    purpose: 'clients in Python with Authlib',
    projects: ['system', 'conformance', 'workspace'],
    commands: [pythonModule('authlib')],
    packages: ['python3-authlib', 'python3-requests'],
  },
  {
    name: 'pytest',
    purpose: 'the tests of docs/testing/python.md',
    projects: ['workspace'],
    commands: [pythonModule('pytest')],
    packages: ['python3-pytest', 'python3-pytest-xdist', 'python3-authlib', 'python3-requests'],
  },
  {
    name: 'flask',
    purpose: 'a web app with Flask and Authlib at the emulator',
    projects: ['conformance'],
    commands: [pythonModule('flask')],
    packages: ['python3-flask'],
  },
  {
    name: 'apache',
    purpose: 'Apache with mod_auth_openidc at the emulator',
    projects: ['conformance'],
    commands: ['/usr/sbin/apache2'],
    packages: ['apache2'],
  },
  {
    name: 'modAuthOpenidc',
    purpose: 'Apache with mod_auth_openidc at the emulator',
    projects: ['conformance'],
    commands: ['/usr/lib/apache2/modules/mod_auth_openidc.so'],
    packages: ['libapache2-mod-auth-openidc'],
  },
  {
    name: 'requestsOauthlib',
    purpose: 'a client of the broker in Python with requests-oauthlib',
    projects: ['system'],
    commands: [pythonModule('requests_oauthlib')],
    packages: ['python3-requests-oauthlib'],
  },
  {
    name: 'msal',
    purpose: 'a client of the broker in Python with MSAL',
    projects: ['system'],
    commands: [pythonModule('msal')],
    packages: ['python3-msal'],
  },
  {
    name: 'go',
    purpose: 'a client of the broker in Go',
    projects: ['system'],
    commands: ['go'],
    packages: ['golang-go'],
  },
  {
    name: 'goOauth2',
    purpose: 'a client of the broker with golang.org/x/oauth2',
    projects: ['system'],
    commands: ['/usr/share/gocode/src/golang.org/x/oauth2/oauth2.go'],
    packages: ['golang-golang-x-oauth2-dev'],
  },
  { name: 'jq', purpose: 'a client of the broker with curl', projects: ['system'], commands: ['jq'], packages: ['jq'] },
  {
    name: 'kubectl',
    purpose: 'credentials for kubectl',
    projects: ['system'],
    commands: ['kubectl'],
    packages: ['kubernetes-client'],
  },
  {
    name: 'dotnetPackages',
    purpose: 'clients of the broker in C#',
    projects: ['system'],
    ...dotnetPackages(['duende.cs', 'msal.cs'].map(name => `packages/server/test/foreign-clients/dotnet/${name}`)),
  },
  {
    name: 'aspnetCorePackages',
    purpose: 'a web app with ASP.NET Core at the emulator',
    projects: ['conformance'],
    ...dotnetPackages(['conformance/clients/web/aspnet-core/app.cs']),
  },
  { name: 'node22', purpose: 'the packages on Node 22', projects: ['workspace'], ...otherNode('22.23.3') },
  {
    name: 'node24',
    purpose: 'the packages on Node 24, and the single-file program',
    projects: ['workspace', 'single-file'],
    ...otherNode('24.21.0'),
  },
  {
    name: 'pwsh',
    purpose: 'the cmdlets in PowerShell',
    projects: ['powershell-shim', 'single-file', 'workspace', 'docs'],
    ...powershell('7.6.9'),
  },
  {
    name: 'pester',
    purpose: 'the Pester suite of the module',
    projects: ['powershell-shim', 'workspace'],
    ...pester('6.2.0'),
  },
]

// Debian's packages for Python.
function pythonModule(name) {
  return join('/usr/lib/python3/dist-packages', name, '__init__.py')
}

// The npm registry has packages with Node.
function otherNode(version) {
  const folder = join(root, 'node_modules/.cache/nodes', version)
  const name = `node-${process.platform}-${process.arch}`
  const command = join(folder, 'node_modules', name, 'bin/node')
  return { commands: [command], packages: [], install: () => installFromNpm(folder, `${name}@${version}`) }
}

// The SDK of .NET installs PowerShell and Pester.
function missingSdk() {
  return firstOnPath(['dotnet']) === undefined ? 'the .NET SDK 10' : undefined
}

function powershell(version) {
  const folder = join(root, 'node_modules/.cache/powershell', version)
  const command = join(folder, process.platform === 'win32' ? 'pwsh.exe' : 'pwsh')
  return {
    commands: ['pwsh', command],
    packages: [],
    needs: missingSdk(),
    install: () => installPowerShell(folder, version),
  }
}

function pester(version) {
  const folder = join(root, 'node_modules/.cache/pester', version)
  const manifest = join(folder, 'tools/Pester.psd1')
  return { commands: [manifest], packages: [], needs: missingSdk(), install: () => installPester(folder, version) }
}

// The NuGet packages of programs in C#, which name them: the tests build these programs without requests to NuGet.
function dotnetPackages(programs) {
  const sources = programs.map(program => join(root, program))
  const names = sources.flatMap(source => readFileSync(source, 'utf8').match(/(?<=^#:package ).*$/gm))
  const folder = join(root, 'node_modules/.cache/dotnet-packages', names.join('+'))
  return { commands: [folder], packages: [], needs: missingSdk(), install: () => installFromNuGet(folder, sources) }
}

/** The arguments for Chromium without a window, and without requests to the internet. */
export const chromiumArguments = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

/** Returns the path of each program by name, or `undefined` if it is missing. */
export function findSystemNeeds() {
  return Object.fromEntries(systemNeeds.map(({ name, commands }) => [name, firstOnPath(commands)]))
}

/** Returns the missing programs that some projects require, with their purpose. Default: all projects. */
export function missingSystemNeeds(projects = []) {
  return systemNeeds
    .filter(need => projects.length === 0 || need.projects.some(name => projects.includes(name)))
    .filter(({ commands }) => firstOnPath(commands) === undefined)
}

/** Installs missing programs if possible. Prints progress to stderr. */
export function installSystemNeeds(projects = []) {
  for (const { install, needs } of missingSystemNeeds(projects)) if (needs === undefined) install?.()
  const packages = missingSystemNeeds(projects).flatMap(need => need.packages)
  if (packages.length > 0) installFromDebian(packages)
}

function firstOnPath(commands) {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const places = commands.flatMap(name => (isAbsolute(name) ? [name] : folders.map(folder => join(folder, name))))
  // A path names a file that was installed here, which may not be a program.
  return places.find(place => (commands.includes(place) ? existsSync(place) : isExecutable(place)))
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
