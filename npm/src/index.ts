// The public names of the package.

export type { ClientLike, PlanLike } from './arguments';
export { CrankWheel, Impersonation } from './client';
export * from './clients';
export type { CloseOptions } from './closing';
export type * from './columns';
export * from './error-classes';
export type { ClientFields, ClientUpdate, SettingsFields } from './fields';
export { Session, SessionList, UsageHistory, UsageStats, UserStats, UserStatsList } from './history';
export type { Attributes, Hooks, RequestInfo, ResponseInfo } from './hooks';
export { List } from './list';
export { type Extra, type Json, Model } from './model';
export * from './models';
export type {
  Dry,
  DryRunOperations,
  Query,
  QueryValue,
  Raw,
  RawOperations,
  RequestOptions,
} from './operations';
export type { ApiKeyFunction, CallOptions, CrankWheelOptions, HeadersOption } from './options';
export { type NowOptions, Period, type PeriodEnd, type PeriodLike, type ZoneOptions } from './period';
export type { Progress, ProgressOptions } from './progress';
export { DryRun, RawBody, RawResponse } from './raw';
export * from './reseller';
export { ImpersonationKey, LoginLink } from './secrets';
export * from './sso';
export type { Column, Columns, Row, StringColumn } from './table';
export { VERSION } from './version';
