import type { Session } from 'electron';

/** The page needs no camera, place, device, file handle or notification of its own: all of it is refused. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => {
    answer(false);
  });
  // The other half: what a page may ask without a prompt goes through here alone.
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => {
    answer(null);
  });
  session.setBluetoothPairingHandler((_details, answer) => {
    answer({ confirmed: false });
  });
  for (const event of ['select-hid-device', 'select-usb-device', 'select-serial-port'] as const) {
    // One loop, three overloads: each is (event, ...) and takes the event alone.
    (session.on as (name: string, listener: (event: Electron.Event) => void) => void).call(session, event, (chosen) => {
      chosen.preventDefault();
    });
  }
  session.on('will-download', (event) => {
    // Files are saved by the program, after its user chose where to.
    event.preventDefault();
  });
}
