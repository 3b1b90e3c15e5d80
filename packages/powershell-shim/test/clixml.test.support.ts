/** What PowerShell would read of the form that the shim writes. */
export function fromClixml(text: string): unknown {
  const tokens = text.matchAll(/<(\/?)(\w+)([^>]*?)(\/?)>([^<]*)/g)
  const top: unknown[] = []
  const open: ((value: unknown, name: string) => void)[] = [value => top.push(value)]
  let scalar = ''
  for (const [, isEnd, tag = '', attributes = '', , content = ''] of tokens) {
    const name = plain(/ N='([^']*)'/.exec(attributes)?.[1] ?? '')
    if (isEnd) {
      if (tag === 'MS' || tag === 'LST') open.pop()
    } else if (tag === 'MS' || tag === 'LST') {
      const value: Record<string, unknown> | unknown[] = tag === 'MS' ? {} : []
      open.at(-1)?.(value, scalar)
      open.push(
        (member, memberName) =>
          void Object.assign(value, { [Array.isArray(value) ? value.length : memberName]: member }),
      )
    } else if (tag === 'Obj') {
      scalar = name
    } else if (tag !== 'Objs') {
      open.at(-1)?.(scalarOf(tag, content), name)
    }
  }
  return top[0]
}

function scalarOf(tag: string, content: string): unknown {
  if (tag === 'Nil') return null
  if (tag === 'B') return content === 'true'
  return tag === 'S' ? plain(content) : Number(content)
}

function plain(text: string): string {
  return text
    .replace(/&(?:#(\d+)|(\w+));/g, (_all, code, entity) => {
      const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
      return code === undefined ? (entities[entity] ?? '') : String.fromCharCode(code)
    })
    .replace(/_x([0-9A-F]{4})_/g, (_all, code) => String.fromCharCode(Number.parseInt(code, 16)))
}

/** A line of the shim, with what it holds as PowerShell reads it. */
export function parseLine(line: string) {
  const { params, result, error, ...message } = JSON.parse(line)
  return {
    ...message,
    ...(params && { params: fromClixml(params[0]) }),
    ...(result && { result: fromClixml(result) }),
    ...(error && { error: { ...error, ...(error.data && { data: fromClixml(error.data) }) } }),
  }
}
