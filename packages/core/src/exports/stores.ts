export { defaultStateDirectory } from '../environment.js'
export { isLoginOf, type Login, listLogins } from '../session/logins.js'
export { accountName } from '../stores/account.js'
export { createFileStore, type FileStoreOptions } from '../stores/file/file-store.js'
export { createMemoryStore, type MemoryStoreOptions } from '../stores/memory-store.js'
export { type OpenStoreOptions, openStore } from '../stores/open-store.js'
export { type RedisConnection, type RedisConnectionOptions, redisConnection } from '../stores/redis/redis-connection.js'
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
