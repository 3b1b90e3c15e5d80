import type { Exchange } from '../../http/exchange.js'
import { oktaDate } from '../users/json/user-json.js'

/** `GET /api/v1/org`: the settings of the org. */
export function orgSettings({ ctx, org }: Exchange): void {
  const at = (path: string) => new URL(path, org.url).href
  ctx.body = {
    id: org.id,
    subdomain: org.url.hostname.split('.')[0],
    companyName: 'Emulated org',
    status: 'ACTIVE',
    expiresAt: null,
    created: oktaDate(org.created),
    lastUpdated: oktaDate(org.created),
    website: org.url.origin,
    phoneNumber: '+15550000000',
    endUserSupportHelpURL: org.url.origin,
    supportPhoneNumber: '+15550000001',
    address1: null,
    address2: null,
    city: null,
    state: null,
    country: null,
    postalCode: null,
    _links: {
      preferences: { href: at('/api/v1/org/preferences') },
      uploadLogo: { href: at('/api/v1/org/logo'), hints: { allow: ['POST'] } },
      oktaCommunication: { href: at('/api/v1/org/privacy/oktaCommunication') },
      logo: { href: at('/assets/img/logos/default.png') },
      oktaSupport: { href: at('/api/v1/org/privacy/oktaSupport') },
      contacts: { href: at('/api/v1/org/contacts') },
    },
  }
}
