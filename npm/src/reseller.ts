import type { UsageHistory } from './history';
import { RUNNER, run, setRunner } from './methods';
import { type BillingOverview, PlanList } from './models';
import type { CallOptions } from './options';
import { type PeriodLike, periodArgument } from './period';
import type { ProgressOptions } from './progress';
import { readBillingOverview, readList, readUsageHistory } from './results';
import type { Runner } from './runner';

/** The reseller as a whole: billing overview, usage history and plans. */
export class Reseller {
  /** @internal */
  declare readonly [RUNNER]: Runner;

  /** @internal */
  constructor(runner: Runner) {
    setRunner(this, runner);
  }

  /**
   * Returns the bills of all client companies, and the units of each plan over all of them.
   *
   * `GET /ss/rsapi/reseller/billing`
   *
   * For a whole month, `totalProRata` holds the units owed for each plan.
   *
   * @param period The period, as a `Period` or a string such as `"2019-02"`. Defaults to the last
   *   28 days.
   * @param options Options of this call, see {@link CallOptions}.
   * @returns The overview.
   * @throws {InvalidRequestError} An argument is not valid. Nothing was sent.
   * @throws {CrankWheelError} Any other failure. Each kind of failure has its own subclass.
   *
   * @example
   * const overview = await cw.reseller.billing('2019-02');
   * console.log(overview.totalProRata.plan_1.units); // 1
   */
  billing(period?: PeriodLike | null, options?: CallOptions): Promise<BillingOverview> {
    return run(
      this,
      'billing',
      (native, how) => native.resellerBilling(how, periodArgument(period)),
      readBillingOverview,
      options,
    );
  }

  /**
   * Returns every screen share of every client in a period, and the totals by user.
   *
   * `GET /ss/rsapi/clients_usage`
   *
   * @param period The period, as a `Period` or a string such as `"2019-02"`. Defaults to the last
   *   28 days.
   * @param options Options of this call, see {@link ProgressOptions}.
   * @returns The history.
   * @throws {InvalidRequestError} An argument is not valid. Nothing was sent.
   * @throws {CrankWheelError} Any other failure. Each kind of failure has its own subclass.
   *
   * @example
   * const history = await cw.reseller.usage('2019-02');
   * console.log(history.sessions.map((session) => session.duration)); // [ 600, 45 ]
   */
  usage(period?: PeriodLike | null, options?: ProgressOptions): Promise<UsageHistory> {
    return run(
      this,
      'usage',
      (native, how) => native.resellerUsage(how, periodArgument(period)),
      readUsageHistory,
      options,
      ['onProgress'],
    );
  }

  /**
   * Returns the plans that the reseller can set for its clients.
   *
   * `GET /ss/rsapi/reseller/plans`
   *
   * @param options Options of this call, see {@link CallOptions}.
   * @returns The plans.
   * @throws {CrankWheelError} Any failure. Each kind of failure has its own subclass.
   *
   * @example
   * const plans = await cw.reseller.plans();
   * console.log(plans.map((plan) => plan.apiName)); // [ 'plan_1', 'plan_2', 'plan_3' ]
   */
  plans(options?: CallOptions): Promise<PlanList> {
    return run(this, 'plans', (native, how) => native.resellerPlans(how), readList(PlanList), options);
  }
}
