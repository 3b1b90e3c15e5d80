/** The value that PowerShell reads from CLIXML of the Node process. */
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

/** A line that the Node process writes: a response, or a notice with its name. */
export function parseLine(line: string) {
  const [, word = '', subject = '', clixml = ''] =
    /^(ok|error|unknown-session|output|notice) (\S+) (<Objs .*<\/Objs>)$/.exec(line) ?? []
  // biome-ignore lint/suspicious/noExplicitAny: each method has its own result.
  const content = fromClixml(clixml) as any
  return word === 'notice' ? { notice: subject, content } : { id: Number(subject), status: word, content }
}
