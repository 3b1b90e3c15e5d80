/**
 * What a function of ours says of its parameters, which stand one after the other with an empty line between them. A
 * test compares it with what the engine finds.
 */
export function parseCmdlet(script) {
  const [, block = ''] = /^ {4}param\(\n([\s\S]*?)^ {4}\)$/m.exec(script) ?? []
  const declared = block
    .split(/\n\s*\n/)
    .filter(one => one.trim() !== '')
    .map(parseParameter)
  const parameters = script.includes('SupportsShouldProcess = $true') ? [...declared, ...ofShouldProcess] : declared
  const named = [...new Set(parameters.flatMap(({ sets }) => Object.keys(sets)))].filter(name => name !== 'all')
  return { parameters, sets: named.length === 0 ? ['all'] : named }
}

const everywhere = { all: { isMandatory: false, isPiped: false } }
const flag = { type: 'SwitchParameter', values: [], defaultValue: undefined, sets: everywhere }
const ofShouldProcess = [
  { ...flag, name: 'WhatIf', aliases: ['wi'] },
  { ...flag, name: 'Confirm', aliases: ['cf'] },
]

const typeNames = {
  object: 'Object',
  securestring: 'SecureString',
  string: 'String',
  'string[]': 'String[]',
  switch: 'SwitchParameter',
  timespan: 'TimeSpan',
}

function parseParameter(declaration) {
  const [, type = '', name = '', defaultValue] = /\[([a-z[\]]+)\] \$(\w+)(?: = (.+?))?,?$/m.exec(declaration) ?? []
  const bindings = [...declaration.matchAll(/\[Parameter\((.*)\)\]$/gm)].map(([, facts = '']) => [
    /ParameterSetName = '(\w+)'/.exec(facts)?.[1] ?? 'all',
    {
      isMandatory: facts.includes('Mandatory = $true'),
      isPiped: facts.includes('ValueFromPipeline = $true'),
      position: /Position = (\d+)/.exec(facts)?.[1],
    },
  ])
  return {
    name,
    type: typeNames[type],
    aliases: texts(/\[Alias\((.*)\)\]/.exec(declaration)?.[1]),
    values: texts(/\[ValidateSet\((.*)\)\]/.exec(declaration)?.[1]),
    defaultValue: texts(defaultValue).join(', ') || undefined,
    sets: bindings.length > 0 ? Object.fromEntries(bindings) : everywhere,
  }
}

const texts = (list = '') => [...list.matchAll(/'([^']*)'/g)].map(([, one]) => one)
