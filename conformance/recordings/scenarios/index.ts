import { appAssignments, appChanges, appCreation, appGrants, appKeys, appLists, appSecrets } from './apps.js'
import { groupChanges, groupLists } from './groups.js'
import { orgDescription, rateLimit, sessions, tokenWithDpop, trustedOrigins } from './org.js'
import type { Scenario } from './scenario.js'
import { userChanges, userCreation, userFactors, userLifecycle, userLists, userRoles } from './users.js'

/** The scenarios by their name. Each has an org of its own. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  'creation of users': userCreation,
  'changes of users': userChanges,
  'lists of users': userLists,
  'lifecycle of users': userLifecycle,
  'roles of a user': userRoles,
  'factors of a user': userFactors,
  'changes of groups': groupChanges,
  'lists of groups': groupLists,
  'creation of apps': appCreation,
  'changes of apps': appChanges,
  'lists of apps': appLists,
  'keys of an app': appKeys,
  'secrets of an app': appSecrets,
  'grants of an app': appGrants,
  'users and groups of an app': appAssignments,
  'description of the org': orgDescription,
  'trusted origins': trustedOrigins,
  'sessions and methods': sessions,
  'rate limits': rateLimit,
  'token endpoint with DPoP': tokenWithDpop,
}
