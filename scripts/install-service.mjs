// Installs the box as a service of systemd, with a watchdog: a launcher that hangs is started again.
// usage: node scripts/install-service.mjs [--user NAME] [--print] [--remove]
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const UNIT = '/etc/systemd/system/arasul.service';
/** What the service must be told before its start, when it is set now. */
const PASSED_ON = ['ARASUL_PORT', 'ARASUL_HOST', 'ARASUL_DATA_DIR', 'ARASUL_MODELS_DIR'];

const quote = (text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')}"`;

/** The unit's text. `env` is what is passed on. */
export function unitText({ node, root, user, env }) {
  const passed = PASSED_ON.filter((name) => env[name]).map((name) => `Environment=${quote(`${name}=${env[name]}`)}`);
  return `[Unit]
Description=Arasul
After=network.target
StartLimitIntervalSec=1800
StartLimitBurst=10

[Service]
Type=notify
NotifyAccess=all
ExecStart=${quote(node)} ${quote(join(root, 'scripts/start.mjs'))}
WorkingDirectory=${root.replaceAll('%', '%%')}
${user ? `User=${user}\n` : ''}${passed.length > 0 ? `${passed.join('\n')}\n` : ''}Restart=always
RestartSec=2
WatchdogSec=60
# The first start installs and builds.
TimeoutStartSec=30min
TimeoutStopSec=90
KillMode=mixed

[Install]
WantedBy=multi-user.target
`;
}

function main() {
  const { values } = parseArgs({ options: { user: { type: 'string' }, print: { type: 'boolean' }, remove: { type: 'boolean' } } });
  const systemctl = (...words) => execFileSync('systemctl', words, { stdio: 'inherit' });
  if (values.remove) {
    if (existsSync(UNIT)) {
      systemctl('disable', '--now', 'arasul');
      rmSync(UNIT);
      systemctl('daemon-reload');
    }
    console.log('Arasul is no service of this machine any more. Its data stays.');
    return 0;
  }
  const text = unitText({ node: process.execPath, root: resolve(dirname(fileURLToPath(import.meta.url)), '..'), user: values.user, env: process.env });
  if (values.print) {
    process.stdout.write(text);
    return 0;
  }
  if (process.platform !== 'linux' || !existsSync('/run/systemd/system')) {
    console.error('This machine is not run by systemd, so there is no service to install. “--print” shows the unit.');
    return 1;
  }
  if (process.getuid() !== 0) {
    console.error('Only root may install a service: sudo node scripts/install-service.mjs --user "$USER"');
    return 1;
  }
  writeFileSync(UNIT, text);
  systemctl('daemon-reload');
  systemctl('enable', '--now', 'arasul');
  console.log('Arasul starts with the machine from now on. “journalctl -u arasul” shows its words, the set-up code among them.');
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main();
