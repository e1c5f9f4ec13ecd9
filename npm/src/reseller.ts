// What concerns the reseller as a whole: billing overview, usage history, plans.

import { UsageHistory } from './history';
import type { Typed } from './model';
import { BillingOverview, ClientBillingList, PlanList } from './models';
import type { NativeHistory, NativeList, NativeOverview } from './native';
import type { CallOptions } from './options';
import { type PeriodLike, periodArgument } from './period';
import type { Runner } from './runner';

/** What concerns the reseller. */
export class Reseller {
  readonly #runner: Runner;

  /** @internal */
  constructor(runner: Runner) {
    this.#runner = runner;
  }

  /**
   * The bill of all clients, by default of the last 28 days. For a whole month `totalProRata` holds the units owed for
   * each plan.
   *
   * @example
   * const { totalProRata } = await cw.reseller.billing('2019-02');
   * for (const [plan, { units }] of Object.entries(totalProRata)) console.log(plan, units);
   */
  billing(period?: PeriodLike | null, options?: CallOptions): Promise<BillingOverview> {
    return this.#runner.run(
      this.billing,
      (native) => native.resellerBilling(periodArgument(period)),
      (overview) => billingOverview(overview as NativeOverview),
      options,
    );
  }

  /** Every screen share of every client, by default of the last 28 days. */
  usage(period?: PeriodLike | null, options?: CallOptions): Promise<UsageHistory> {
    return this.#runner.run(
      this.usage,
      (native) => native.resellerUsage(periodArgument(period)),
      (history) => new UsageHistory(history as NativeHistory),
      options,
    );
  }

  /** The plans that you may set. */
  plans(options?: CallOptions): Promise<PlanList> {
    return this.#runner.run(
      this.plans,
      (native) => native.resellerPlans(),
      (list) => new PlanList(list as NativeList),
      options,
    );
  }
}

/** An overview whose companies stay in the addon until they are accessed. */
function billingOverview(native: NativeOverview): BillingOverview {
  const [fields, wire, extra] = JSON.parse(native.typed()) as Typed;
  return new BillingOverview([
    { ...fields, perCompany: new ClientBillingList(native.companies()) },
    wire,
    extra,
  ]);
}
