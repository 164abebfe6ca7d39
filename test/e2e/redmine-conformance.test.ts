import { redmine } from '../../main/connectors/redmine/index.js';
import { connectorConformance } from '../conformance/connector-conformance.js';
import { redmineCases } from '../conformance/redmine-cases.js';
import { startRealSite } from '../conformance/redmine-real-site.js';
import type { RealSite } from '../conformance/redmine-real-site.js';
import { describeWith } from '../support/require.js';

describeWith('redmine', 'a real Redmine', () => {
  let real: RealSite | null = null;
  const start = async (): Promise<RealSite> => (real ??= await startRealSite());
  connectorConformance('Redmine, real server', {
    manifest: redmine.manifest,
    start: async () => (await start()).site,
    stop: async () => real?.stop(),
    unmet: {
      faults: 'a real server cannot be told to fail; the practice server is',
      time: "a real server's clock is the machine's",
      putUnknown: "Redmine's API makes no statuses",
    },
    more: redmineCases(async () => (await start()).site),
  });
});
