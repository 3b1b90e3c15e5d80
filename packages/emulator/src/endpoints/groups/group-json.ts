import type { Group } from '../../org/groups.js'
import { oktaDate } from '../users/json/user-json.js'

const SIZES = ['medium', 'large']

/** A group in Okta's format. Recorded groups have no link to themselves. */
export function groupJson({ id, type, profile, ...group }: Group, orgUrl: URL): object {
  const at = (path: string) => new URL(path, orgUrl).href
  return {
    id,
    created: oktaDate(group.created),
    lastUpdated: oktaDate(group.lastUpdated),
    lastMembershipUpdated: oktaDate(group.lastMembershipUpdated),
    objectClass: ['okta:user_group'],
    type,
    profile,
    _links: {
      logo: SIZES.map(name => ({ name, href: at(`/assets/img/logos/groups/okta-${name}.png`), type: 'image/png' })),
      users: { href: at(`/api/v1/groups/${id}/users`) },
      apps: { href: at(`/api/v1/groups/${id}/apps`) },
    },
  }
}
