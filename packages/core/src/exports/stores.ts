export { defaultStateDirectory } from '../environment.js'
export { isLoginOf, type Login, listLogins } from '../session/logins.js'
export { accountName } from '../stores/account.js'
export { createFileStore, type FileStoreOptions } from '../stores/file/file-store.js'
export { createMemoryStore, type MemoryStoreOptions } from '../stores/memory-store.js'
export { type OpenStoreOptions, openStore } from '../stores/open-store.js'
export { isRedisAddress } from '../stores/redis/connection/redis-address.js'
export type { RedisServerOptions } from '../stores/redis/connection/redis-client.js'
export {
  type RedisConnection,
  type RedisConnectionOptions,
  redisConnection,
} from '../stores/redis/connection/redis-connection.js'
export { type RedisEviction, redisEviction } from '../stores/redis/connection/redis-eviction.js'
export type {
  Identity,
  LoginIdentity,
  ManagedKey,
  ManagedKeysRecord,
  RecordInfo,
  StoreRecord,
  TokenRecord,
} from '../stores/token-record.js'
export type { ExclusiveOptions, LockHolder, TokenSlot, TokenStore } from '../stores/token-store.js'
export { userStore } from '../stores/user-store.js'
