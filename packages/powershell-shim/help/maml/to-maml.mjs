import { parseCmdlet } from './parse-cmdlet.mjs'

const namespaces = [
  'xmlns:maml="http://schemas.microsoft.com/maml/2004/10"',
  'xmlns:command="http://schemas.microsoft.com/maml/dev/command/2004/10"',
  'xmlns:dev="http://schemas.microsoft.com/maml/dev/2004/10"',
].join(' ')

/**
 * Makes the help of a module in MAML, which Get-Help reads: descriptions from Markdown, parameters from the functions.
 *
 * @param cmdlets the help page and the script of each
 * @param homepage what Get-Help -Online opens
 * @see https://learn.microsoft.com/en-us/powershell/scripting/developer/help/writing-help-for-windows-powershell-cmdlets
 */
export function toMaml(cmdlets, homepage) {
  const commands = cmdlets.map(({ page, script }) => command(parsePage(page), parseCmdlet(script), homepage))
  return `<?xml version="1.0" encoding="utf-8"?>\n<helpItems schema="maml">\n${commands.join('\n')}\n</helpItems>\n`
}

function parsePage(page) {
  const [head = '', ...rest] = page.split(/^## /m)
  const [title = '', synopsis = ''] = head.split('\n\n')
  const sections = Object.fromEntries(
    rest.map(section => {
      const [, name = '', text = ''] = /^(\w+)\n([\s\S]*)$/.exec(section) ?? []
      return [name, text.trim()]
    }),
  )
  return {
    name: title.replace('# ', '').trim(),
    synopsis: synopsis.trim(),
    description: paragraphs(sections.Description),
    examples: entries(sections.Examples).map(([title, text]) => {
      const [, code = '', remarks = ''] = /^```powershell\n([\s\S]*?)\n```\n*([\s\S]*)$/.exec(text) ?? []
      return { title, code, remarks: paragraphs(remarks) }
    }),
    parameters: Object.fromEntries(entries(sections.Parameters).map(([name, text]) => [name, paragraphs(text)])),
    outputs: sections.Outputs ?? '',
    links: (sections.Links ?? '').split('\n').map(line => line.replace(/^- /, '')),
  }
}

function entries(section = '') {
  return section
    .split(/^### /m)
    .slice(1)
    .map(entry => {
      const end = entry.indexOf('\n')
      return [entry.slice(0, end).trim(), entry.slice(end).trim()]
    })
}

const paragraphs = (text = '') => text.split(/\n{2,}/).filter(one => one.trim() !== '')

function command(page, { sets, parameters }, homepage) {
  const [verb, noun] = page.name.split('-')
  return element('command:command', namespaces, [
    element('command:details', '', [
      element('command:name', '', [text(page.name)]),
      element('command:verb', '', [text(verb)]),
      element('command:noun', '', [text(noun)]),
      described([page.synopsis]),
    ]),
    described(page.description),
    element(
      'command:syntax',
      '',
      sets.map(set => syntaxItem(page, set, parameters)),
    ),
    element(
      'command:parameters',
      '',
      parameters.map(one => parameter(page, one, mainBinding(one.sets))),
    ),
    element('command:inputTypes', '', inputs(parameters).map(type)),
    element('command:returnValues', '', [
      element('command:returnValue', '', [element('dev:type', '', [element('maml:name', '', [text(page.outputs)])])]),
    ]),
    element('command:examples', '', page.examples.map(example)),
    element('command:relatedLinks', '', [
      onlineLink(`${homepage}#${page.name.toLowerCase()}`),
      ...page.links.map(link),
    ]),
  ])
}

function syntaxItem(page, set, parameters) {
  const inSet = parameters.filter(({ sets }) => set in sets || 'all' in sets)
  const items = inSet.map(one => parameter(page, one, one.sets[set] ?? one.sets.all))
  return element('command:syntaxItem', '', [element('maml:name', '', [text(page.name)]), ...items])
}

const commonDescriptions = {
  WhatIf: ['Shows what would happen, and does nothing.'],
  Confirm: ['Asks for confirmation before it does anything.'],
}

function parameter({ name: cmdlet, parameters }, { name, type: typeName, aliases, values, defaultValue }, binding) {
  const isFlag = typeName === 'SwitchParameter'
  const description = parameters[name] ?? commonDescriptions[name]
  if (description === undefined) throw new Error(`help/${cmdlet}.md does not describe -${name}.`)
  const attributes = [
    `required="${binding.isMandatory}"`,
    `variableLength="${typeName.endsWith('[]')}"`,
    'globbing="false"',
    `pipelineInput="${pipelineInput(binding)}"`,
    `position="${binding.position ?? 'named'}"`,
    `aliases="${aliases.join(', ') || 'none'}"`,
  ].join(' ')
  const choices = values.map(value =>
    element('command:parameterValue', 'required="false" variableLength="false"', [text(value)]),
  )
  return element('command:parameter', attributes, [
    element('maml:name', '', [text(name)]),
    described(description),
    ...(choices.length > 0 ? [element('command:parameterValueGroup', '', choices)] : []),
    ...(isFlag ? [] : [element('command:parameterValue', 'required="true" variableLength="false"', [text(typeName)])]),
    element('dev:type', '', [element('maml:name', '', [text(typeName)])]),
    element('dev:defaultValue', '', [text(defaultValue ?? (isFlag ? 'False' : 'None'))]),
  ])
}

// As in the first set, and with the pipeline input of every set.
function mainBinding(sets) {
  const bindings = Object.values(sets)
  const isPiped = bindings.some(one => one.isPiped)
  const isPipedByName = bindings.some(one => one.isPipedByName)
  return { ...bindings[0], isPiped, isPipedByName }
}

function pipelineInput({ isPiped, isPipedByName }) {
  const ways = [...(isPiped ? ['ByValue'] : []), ...(isPipedByName ? ['ByPropertyName'] : [])]
  return ways.length === 0 ? 'False' : `True (${ways.join(', ')})`
}

function inputs(parameters) {
  const piped = parameters.filter(({ sets }) => mainBinding(sets).isPiped)
  return piped.length === 0 ? ['None.'] : [...new Set(piped.map(one => one.type))]
}

const type = name =>
  element('command:inputType', '', [element('dev:type', '', [element('maml:name', '', [text(name)])])])

function example({ title, code, remarks }, index) {
  return element('command:example', '', [
    element('maml:title', '', [text(`---------- Example ${index + 1}: ${title} ----------`)]),
    element('dev:code', '', [text(code)]),
    // PowerShell adds no empty line before the next example.
    element('dev:remarks', '', [...remarks, ''].map(paragraph)),
  ])
}

const onlineLink = url =>
  element('maml:navigationLink', '', [
    element('maml:linkText', '', [text('Online version')]),
    element('maml:uri', '', [text(url)]),
  ])
const link = name => element('maml:navigationLink', '', [element('maml:linkText', '', [text(name)])])
const described = paragraphs => element('maml:description', '', paragraphs.map(paragraph))
const paragraph = content => element('maml:para', '', [text(content)])
const element = (name, attributes, content) =>
  `<${name}${attributes === '' ? '' : ` ${attributes}`}>${content.join('')}</${name}>`
const text = content => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
