/** Returns what to do about a file that cannot be read, by the code of the system. */
export function readFailureHint(code: string): string {
  switch (code) {
    case 'EISDIR':
      return 'The path is a folder. If it is a Docker mount, the file did not exist on the host.'
    case 'EACCES':
    case 'EPERM':
      return 'Make the file, and the folders above it, readable for this user.'
    case 'EFBIG':
      return 'The file is too large. Check its path.'
    default:
      return 'Use the path of an existing file.'
  }
}
