/**
 * Reads the parameters of a function, which are separated by empty lines. A test compares the result with what PowerShell
 * reports.
 */
export function parseCmdlet(script) {
  const [, block = ''] = /^ {4}param\(\n([\s\S]*?)^ {4}\)$/m.exec(script) ?? []
  const declared = block
    .split(/\n\s*\n/)
    .filter(text => text.trim() !== '')
    .map(parseParameter)
  const parameters = script.includes('SupportsShouldProcess = $true') ? [...declared, ...ofShouldProcess] : declared
  const named = [...new Set(parameters.flatMap(({ sets }) => Object.keys(sets)))].filter(name => name !== 'all')
  return { parameters, sets: named.length === 0 ? ['all'] : named }
}

const everywhere = { all: { isMandatory: false, isPiped: false, isPipedByName: false } }
const flag = { type: 'SwitchParameter', values: [], defaultValue: undefined, sets: everywhere }
const ofShouldProcess = [
  { ...flag, name: 'WhatIf', aliases: ['wi'] },
  { ...flag, name: 'Confirm', aliases: ['cf'] },
]

const typeNames = {
  object: 'Object',
  pscredential: 'PSCredential',
  securestring: 'SecureString',
  string: 'String',
  'string[]': 'String[]',
  switch: 'SwitchParameter',
  'System.Collections.IDictionary': 'IDictionary',
  timespan: 'TimeSpan',
}

function parseParameter(declaration) {
  const [, type = '', name = '', defaultValue] = /\[([\w.[\]]+)\] \$(\w+)(?: = (.+?))?,?$/m.exec(declaration) ?? []
  const bindings = [...declaration.matchAll(/\[Parameter\((.*)\)\]$/gm)].map(([, attributes = '']) => [
    /ParameterSetName = '(\w+)'/.exec(attributes)?.[1] ?? 'all',
    {
      isMandatory: attributes.includes('Mandatory = $true'),
      isPiped: attributes.includes('ValueFromPipeline = $true'),
      isPipedByName: attributes.includes('ValueFromPipelineByPropertyName = $true'),
      position: /Position = (\d+)/.exec(attributes)?.[1],
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

const texts = (list = '') => [...list.matchAll(/'([^']*)'/g)].map(([, item]) => item)
