import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folders that are mounted into a container: the files of a ConfigMap or Secret, or the path of a folder of this machine. */
export type Mounts = Readonly<Record<string, Readonly<Record<string, string>> | string>>

/** A process in a container. */
export interface Pod {
  readonly child: ChildProcess
  readonly output: () => string
  readonly ended: Promise<number | NodeJS.Signals | null>
}

const repository = fileURLToPath(new URL('../../../../..', import.meta.url))
// What an image contains: the system, Node, and the packages.
const image = ['/usr', '/bin', '/lib', '/lib64', '/dev', '/proc', dirname(process.execPath), repository]

/** The script that runs a program as a container runtime does. Its arguments: a work folder, the user and group, and the command. */
const script = `set -e
work=$1 user=$2; shift 2
mount --make-rprivate /
mount -t tmpfs tmpfs "$work/root"
for folder in $IMAGE; do
  [ -e "$folder" ] || continue
  mkdir -p "$work/root$folder"
  mount --rbind "$folder" "$work/root$folder"
done
for folder in $MOUNTS; do
  mkdir -p "$work/root$folder"
  mount --bind "$work/volumes$folder" "$work/root$folder"
  mount -o remount,bind,ro "$work/root$folder"
done
mount -o remount,ro "$work/root"
exec chroot --userspec="$user" --groups= "$work/root" env -u IMAGE -u MOUNTS "$@"`

/**
 * Runs a command with its own mounts: a read-only root file system, and the files of the ConfigMaps and Secrets as the kubelet mounts
 * them, which are owned by root and are links. It has no privileges. Requires root.
 */
export async function startPod(
  user: { readonly uid: number; readonly gid: number },
  mounts: Mounts,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Pod> {
  const work = await mkdtemp(join(tmpdir(), 'pod-'))
  await mkdir(join(work, 'root'))
  for (const [path, content] of Object.entries(mounts)) {
    const source = join(work, 'volumes', path)
    await mkdir(dirname(source), { recursive: true })
    if (typeof content === 'string') await symlink(content, source)
    else await writeVolume(source, content, user.gid)
  }
  const variables = { PATH: process.env.PATH, ...env, IMAGE: image.join(' '), MOUNTS: Object.keys(mounts).join(' ') }
  const args = ['--mount', 'sh', '-c', script, 'sh', work, `${user.uid}:${user.gid}`, ...command]
  const child = spawn('unshare', args, { env: variables, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', data => {
      output += data
    })
  }
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null)
  return { child, output: () => output, ended }
}

// https://kubernetes.io/docs/concepts/configuration/secret/: the kubelet replaces the link ..data to update all files at once.
async function writeVolume(folder: string, files: Readonly<Record<string, string>>, gid: number): Promise<void> {
  const version = '..2026_01_01'
  await mkdir(join(folder, version), { recursive: true })
  await symlink(version, join(folder, '..data'))
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, version, name)
    await writeFile(path, text, { mode: 0o440 })
    await chown(path, 0, gid)
    await symlink(join('..data', name), join(folder, name))
  }
}
