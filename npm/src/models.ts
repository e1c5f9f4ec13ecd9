// The models: plain objects with typed, camelCase properties, and the wire form that they came from.
//
// The native side decodes an answer; here it only becomes objects. A property is missing if the answer did not have
// it (or had it with an unexpected type), and null if the answer said null.

import { inspectFields } from './inspect';
import { List } from './list';
import { type NativeList, type NativeOverview, native } from './native';

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Members of an answer that this version does not know, by their names on the wire. */
export type Extra = { [key: string]: Json };

/** The border's form of a model: fields, wire form as text, unknown members (see the addon's `typed.rs`). */
type Typed = [fields: Record<string, unknown>, wire: string, extra: Extra | null];

/** How each property that is more than a JSON value is made, by class and property. */
const revivers = new Map<unknown, [property: string, revive: (value: never) => unknown][]>();

/** What all models have in common. */
export abstract class Model {
  readonly #wire: string;
  /** Members that this version of the package does not know, as they came; missing if there are none. */
  declare readonly extra?: Extra;

  /** @internal */
  constructor([fields, wire, extra]: Typed) {
    this.#wire = wire;
    for (const [property, revive] of revivers.get(new.target) ?? []) {
      const value = fields[property];
      if (value !== undefined && value !== null) fields[property] = revive(value as never);
    }
    Object.assign(this, fields);
    if (extra !== null) Object.defineProperty(this, 'extra', { value: extra, enumerable: true });
    Object.freeze(this);
  }

  /** The wire form as JSON text, exactly as it came: every digit and every unknown member. */
  get wireText(): string {
    return this.#wire;
  }

  /** The wire form: the API's own names and values, nothing dropped. */
  toJSON(): Json {
    return JSON.parse(this.#wire);
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](depth: number, options: object, inspect: never): string {
    return inspectFields(this.constructor.name, this, depth, options, inspect);
  }
}

/** A client company of the reseller. */
export class Client extends Model {
  /** The unique, immutable id of the client account. */
  declare readonly id: number;
  /** The short name, part of the company's links; can be all digits. */
  declare readonly sname: string;
  /** The human-readable name, shown to viewers too. */
  declare readonly lname?: string | null;
  /** The sender of text messages, where a country has that feature. */
  declare readonly smsname?: string | null;
  /** The host name in URLs: `meeting.is` or `syna.is`. */
  declare readonly host?: string | null;
  /** The language of the viewers' interface. */
  declare readonly hl?: string | null;
  /** The primary server cluster: `eu1`, `eu2`, `us1` or `ap1`. */
  declare readonly geo?: string | null;
  /** URL of the company's logo. */
  declare readonly logo?: string | null;
  /** Where viewers are sent after a screen share. */
  declare readonly postSessionUrl?: string | null;
  /** Whether CrankWheel's branding is taken off all that viewers see. */
  declare readonly removeCwBranding?: boolean | null;
  /** Meetings allowed in a month; 99999999 means unlimited. Set by the plan. */
  declare readonly sessionLimit?: number | null;
  /** Users that may be created; null and 99999999 mean unlimited. Set by the plan. */
  declare readonly licenseCount?: number | null;
  /** API name of the plan, `unset_or_custom` without one. Change it with `setPlan`. */
  declare readonly currentPlan?: string | null;
  /** Whether the client may use CrankWheel's own API. */
  declare readonly apiAccessEnabled?: boolean | null;
  /** Whether the client may use the Salesforce integration. */
  declare readonly integrationsEnabled?: boolean | null;
  /** The id in the Instant Demos snippet; null where Instant Demos are off. */
  declare readonly demoId?: string | null;
  /** When the soft limit was first exceeded; set or null together with `hardLimitStarts`. */
  declare readonly firstExceededSoftLimit?: Date | null;
  /** From when sessions beyond the limit are refused. */
  declare readonly hardLimitStarts?: Date | null;
  /** The finer settings. */
  declare readonly settings: Settings;
}

/** The finer settings of a client. */
export class Settings extends Model {
  /** The id of the settings, a text. */
  declare readonly id: string;
  /** `default` or `reseller`; single sign-on works with `reseller` only. */
  declare readonly provisioningProvider?: string | null;
  /** What the place is called where users log in. */
  declare readonly provisioningDisplayname?: string | null;
  /** Link to where users log in, or are added and removed. */
  declare readonly provisioningUrl?: string | null;
  /** Whether a window may be shared. */
  declare readonly window?: boolean | null;
  /** Whether a browser tab may be shared. */
  declare readonly tab?: boolean | null;
  /** Whether the whole screen may be shared. */
  declare readonly screen?: boolean | null;
  /** Whether agents may change their picture. */
  declare readonly allowEditPicture?: boolean | null;
  /** Whether agents may change their name. */
  declare readonly allowEditName?: boolean | null;
  /** Whether agents may change their headline. */
  declare readonly allowEditHeadline?: boolean | null;
  /** Whether the client's administrators may change its `sname`. */
  declare readonly allowChangingLobbySettings?: boolean | null;
  /** Whether remote control is on. */
  declare readonly enableRemoteControl?: boolean | null;
  /** Whether the audit log is on. */
  declare readonly auditLog?: boolean | null;
  /** Match pattern of the pages that may be shared from a tab, whatever name the answer gave it. */
  declare readonly contentFilterPattern?: string | null;
  /** What the server makes of the pattern; never set it. */
  declare readonly contentFilterRegex?: string | null;
  /** Template of text messages. */
  declare readonly smsTemplate?: string | null;
  /** Subject of invitations by e-mail. */
  declare readonly emailInviteSubject?: string | null;
  /** Text of invitations by e-mail. */
  declare readonly emailInviteBody?: string | null;
  /** Instant Demos fields that come first, with commas between them. */
  declare readonly dodFieldOrderTemplate?: string | null;
  /** Whether the phone conference provider is set by hand. */
  declare readonly phoneConfManual?: boolean | null;
  /** The phone conference provider. */
  declare readonly phoneConfProvider?: string | null;
  /** Its main number. */
  declare readonly phoneConfMainNumber?: string | null;
  /** Its other numbers. */
  declare readonly phoneConfExtraNumbers?: string | null;
  /** The client's own lobby URL. */
  declare readonly lobbyUrl?: string | null;
  /** @deprecated Stays false. */
  declare readonly stayInLobby?: boolean | null;
  /** @deprecated Stays false. */
  declare readonly autoAcceptInLobby?: boolean | null;
}

/** A plan that the reseller may set. */
export class Plan extends Model {
  /** The name to set it by. */
  declare readonly apiName: string;
  /** The name to show. */
  declare readonly humanName?: string | null;
  /** Interactions that a client under it may use; 99999999 means unlimited. */
  declare readonly sessionLimit?: number | null;
  /** Named seats that a client under it may use; 99999999 means unlimited. */
  declare readonly licenseCount?: number | null;
}

/** How many meetings a client had in a period. */
export class ClientUsage extends Model {
  /** The client's id. */
  declare readonly companyId: number;
  /** Start of the period, as it was understood. */
  declare readonly start?: Date | null;
  /** End of the period, as it was understood. */
  declare readonly end?: Date | null;
  /** Screen shares shorter than this many seconds were not counted. */
  declare readonly minSeconds?: number | null;
  /** Meetings in the period. */
  declare readonly numSessions: number;
}

/** Which plans a client had in a period, and for how long. */
export class ClientBilling extends Model {
  /** The client's id. */
  declare readonly companyId: number;
  /** The client's short name. */
  declare readonly sname?: string | null;
  /** The client's human-readable name. */
  declare readonly lname?: string | null;
  /** Start of the period. */
  declare readonly starting?: Date | null;
  /** End of the period. */
  declare readonly ending?: Date | null;
  /** Length of the period in seconds. */
  declare readonly totalPeriodSeconds: number;
  /** Units by the plan's API name, a unit being the whole period. */
  declare readonly plansProRata: Readonly<Record<string, PlanProRata>>;
  /** The sub-periods, oldest first. */
  declare readonly periods: readonly BillingPeriod[];
}

/** A part of the billed period with one plan in effect. */
export class BillingPeriod extends Model {
  /** API name of the plan, `unset_or_custom` without one. */
  declare readonly apiName?: string | null;
  /** The plan's name to show. */
  declare readonly humanName?: string | null;
  /** Who set the plan: an e-mail address, `nobody`, or nothing. */
  declare readonly setBy?: string | null;
  /** When the plan was set. */
  declare readonly setAt?: Date | null;
  /** From when it was in effect within the period. */
  declare readonly effectiveFrom?: Date | null;
  /** Until when it was in effect within the period. */
  declare readonly effectiveTo?: Date | null;
  /** How long it was in effect, in whole seconds (truncated). */
  declare readonly effectiveSeconds: number;
  /** `effectiveSeconds` of `totalPeriodSeconds`, as sent. */
  declare readonly proRata: number;
}

/** For how many units of the period a plan was in effect. */
export class PlanProRata extends Model {
  /** Units, as sent; one unit is the whole period for one company. */
  declare readonly units: number;
  /** The plan's name to show. */
  declare readonly humanName?: string | null;
}

/** The bill of all client companies. */
export class BillingOverview extends Model {
  /** Start of the period, as it was asked for. */
  declare readonly starting?: Date | null;
  /** End of the period, as it was asked for. */
  declare readonly ending?: Date | null;
  /** One entry for each client company; made on access. */
  declare readonly perCompany: ClientBillingList;
  /** Units by the plan's API name over all companies; they add up to the number of companies. */
  declare readonly totalProRata: Readonly<Record<string, PlanProRata>>;

  /** @internal */
  constructor(overview: NativeOverview) {
    const [fields, wire, extra] = JSON.parse(overview.typed()) as Typed;
    super([{ ...fields, perCompany: new ClientBillingList(overview.companies()) }, wire, extra]);
  }
}

/** A user account that an e-mail address can log in as. */
export class LoginOption extends Model {
  /** The address to ask a token for; can carry a prefix that ends in `-cw-`. */
  declare readonly email: string;
  /** The client that this account belongs to. */
  declare readonly clientId: number;
  /** The client's short name. */
  declare readonly sname?: string | null;
  /** The client's human-readable name. */
  declare readonly lname?: string | null;
  /** `user`, `admin` or `owner`. */
  declare readonly role?: string | null;
}

/** A list whose rows are the border's typed form of a model. */
abstract class ModelList<T extends Model> extends List<T> {
  /** @internal */
  constructor(list: NativeList, Class: new (typed: never) => T) {
    super(
      list.length,
      (index) => new Class(JSON.parse(list.row(index) as string) as never),
      () => list.wire(),
    );
  }
}

/** Client companies; a row is made when it is accessed. */
export class ClientList extends ModelList<Client> {
  /** @internal */
  constructor(list: NativeList) {
    super(list, Client);
  }
}

/** Plans; a row is made when it is accessed. */
export class PlanList extends ModelList<Plan> {
  /** @internal */
  constructor(list: NativeList) {
    super(list, Plan);
  }
}

/** Log-in options; a row is made when it is accessed. */
export class LoginOptionList extends ModelList<LoginOption> {
  /** @internal */
  constructor(list: NativeList) {
    super(list, LoginOption);
  }
}

/** The companies of a billing overview; a row is made when it is accessed. */
export class ClientBillingList extends ModelList<ClientBilling> {
  /** @internal */
  constructor(list: NativeList) {
    super(list, ClientBilling);
  }
}

/** Reads a model from the border's typed form. */
export function model<T extends Model>(Class: new (typed: never) => T): (value: unknown) => T {
  return (value) => new Class(JSON.parse(value as string) as never);
}

const kinds: Record<string, (value: never) => unknown> = {
  'date-time': (milliseconds: number) => new Date(milliseconds),
  Settings: (typed: Typed) => new Settings(typed),
  'map of PlanProRata': (plans: [string, Typed][]) => {
    // Without a prototype: a plan can have any name.
    const map: Record<string, PlanProRata> = Object.create(null);
    for (const [name, typed] of plans) map[name] = new PlanProRata(typed);
    return Object.freeze(map);
  },
  'list of BillingPeriod': (periods: Typed[]) =>
    Object.freeze(periods.map((typed) => new BillingPeriod(typed))),
};

const classes: Record<string, unknown> = {
  Client,
  Settings,
  Plan,
  ClientUsage,
  ClientBilling,
  BillingPeriod,
  PlanProRata,
  BillingOverview,
  LoginOption,
};

for (const { name, fields } of native.schema()) {
  const list = fields.flatMap((field) => {
    const revive = kinds[field.kind];
    return revive === undefined ? [] : [[field.name, revive] as [string, typeof revive]];
  });
  revivers.set(classes[name], list);
}
