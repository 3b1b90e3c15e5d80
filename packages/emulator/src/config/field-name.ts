/** The name of a field in options, for example `clients[0].scopes`. */
export function fieldName(path: readonly PropertyKey[]): string {
  const name = path.map(step => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')
  return name.replace(/^\./, '') || '(the file)'
}
