/** The three wires between the window and the program. */
export const callChannel = 'lockstep:call';
export const cancelChannel = 'lockstep:cancel';
export const eventChannel = 'lockstep:event';
