// The fields that create and update send. What is left out (or undefined) is not sent; null is sent as null.

import type { Extra } from './models';

/** Fields of a client. Rules that the API states (lengths, choices) are checked before sending. */
export interface ClientFields {
  /** 7 to 32 lower-case letters and digits; part of the company's links. */
  sname?: string;
  /** The human-readable name. */
  lname?: string | null;
  /** Sender of text messages: at most 11 letters and digits, at least one letter. */
  smsname?: string | null;
  /** `meeting.is` or `syna.is`. */
  host?: string | null;
  /** Language of the viewers' interface: en, de, fi, fr, is, it, ja, nl, no or pl. */
  hl?: string | null;
  /** Server cluster: eu1, eu2, us1 or ap1. */
  geo?: string | null;
  /** URL of the logo. */
  logo?: string | null;
  /** Where viewers are sent after a screen share. */
  postSessionUrl?: string | null;
  /** Whether CrankWheel's branding is taken off. */
  removeCwBranding?: boolean | null;
  /** Whether the client may use CrankWheel's own API. */
  apiAccessEnabled?: boolean | null;
  /** Whether the client may use the Salesforce integration. */
  integrationsEnabled?: boolean | null;
  /** Set together with `hardLimitStarts`, and before it; or both null. */
  firstExceededSoftLimit?: Date | string | null;
  /** From when sessions beyond the limit are refused. */
  hardLimitStarts?: Date | string | null;
  /** The finer settings. */
  settings?: SettingsFields;
  /** Fields newer than this package, by their names on the wire: sent as they are, unchecked. */
  extra?: Extra;
}

/** Fields of an update. A client that was read can be spread into it: what cannot be written is left out. */
export interface ClientUpdate extends ClientFields {
  /** Read-only: tolerated unchanged in a client that is given back. */
  id?: number;
  /** Read-only: tolerated unchanged in a client that is given back. */
  sessionLimit?: number | null;
  /** Read-only: tolerated unchanged in a client that is given back. */
  licenseCount?: number | null;
  /** Read-only: tolerated unchanged in a client that is given back. Change it with `setPlan`. */
  currentPlan?: string | null;
  /** Read-only: tolerated unchanged in a client that is given back. */
  demoId?: string | null;
}

/** Fields of a client's settings. Settings that were read can be spread into it. */
export interface SettingsFields {
  /** The id of the existing settings; `update` fills it in. */
  id?: string | null;
  /** `default` or `reseller`. */
  provisioningProvider?: string | null;
  /** What the place is called where users log in. */
  provisioningDisplayname?: string | null;
  /** Link to where users log in. */
  provisioningUrl?: string | null;
  /** Whether a window may be shared. */
  window?: boolean | null;
  /** Whether a browser tab may be shared. */
  tab?: boolean | null;
  /** Whether the whole screen may be shared. */
  screen?: boolean | null;
  /** Whether agents may change their picture. */
  allowEditPicture?: boolean | null;
  /** Whether agents may change their name. */
  allowEditName?: boolean | null;
  /** Whether agents may change their headline. */
  allowEditHeadline?: boolean | null;
  /** Whether administrators may change the `sname`. */
  allowChangingLobbySettings?: boolean | null;
  /** Whether remote control is on. */
  enableRemoteControl?: boolean | null;
  /** Whether the audit log is on. */
  auditLog?: boolean | null;
  /** Match pattern of the pages that may be shared. Get the client afterwards to see that it took effect. */
  contentFilterPattern?: string | null;
  /** Made by the server; tolerated in settings that are given back, never sent. */
  contentFilterRegex?: string | null;
  /** Must hold `{{link}}`. */
  smsTemplate?: string | null;
  /** Subject of invitations by e-mail. */
  emailInviteSubject?: string | null;
  /** Must hold `{{screenSharingLink}}`. */
  emailInviteBody?: string | null;
  /** Instant Demos fields that come first. */
  dodFieldOrderTemplate?: string | null;
  /** Whether the phone conference provider is set by hand. */
  phoneConfManual?: boolean | null;
  /** Only with `phoneConfManual`. */
  phoneConfProvider?: string | null;
  /** Only with `phoneConfManual`. */
  phoneConfMainNumber?: string | null;
  /** Only with `phoneConfManual`. */
  phoneConfExtraNumbers?: string | null;
  /** The client's own lobby URL. */
  lobbyUrl?: string | null;
  /** @deprecated Stays false. */
  stayInLobby?: boolean | null;
  /** @deprecated Stays false. */
  autoAcceptInLobby?: boolean | null;
  /** Settings newer than this package, by their names on the wire: sent as they are, unchecked. */
  extra?: Extra;
}
