import { OktaConnectError } from '@connect-okta/core'
import type { Telemetry } from './telemetry.js'

type Variables = Readonly<Record<string, string | undefined>>

const endpoints = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
] as const
const packages = [
  'api',
  'sdk-trace',
  'sdk-metrics',
  'resources',
  'exporter-trace-otlp-http',
  'exporter-metrics-otlp-http',
]

/**
 * Loads OpenTelemetry if a variable names a collector: the packages take a tenth of a second to load.
 *
 * @throws {@link OktaConnectError} `options_invalid` if the packages are not installed.
 */
export async function loadTelemetry(variables: Variables): Promise<Telemetry | undefined> {
  const endpoint = endpoints.find(name => variables[name])
  if (endpoint === undefined || variables.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return undefined
  if (!/^https?:\/\//i.test(variables[endpoint] ?? '') || !URL.canParse(variables[endpoint] ?? '')) {
    throw new OktaConnectError('options_invalid', `${endpoint} is not a URL.`, {
      hint: `Set it to the address of the collector: http://localhost:4318`,
    })
  }
  try {
    return await (await import('./open-telemetry.js')).openTelemetry()
  } catch (cause) {
    // In a bundle, require reports the code without ERR.
    if (!/^(ERR_)?MODULE_NOT_FOUND$/.test((cause as NodeJS.ErrnoException).code ?? '')) throw cause
    throw new OktaConnectError('options_invalid', `${endpoint} is set, but OpenTelemetry is not installed.`, {
      hint: `Unset it, or install it: npm install ${packages.map(name => `@opentelemetry/${name}`).join(' ')}`,
      cause,
    })
  }
}
