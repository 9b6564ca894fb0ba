/** Returns whether the visitor has done nothing on this page yet; older browsers do not tell. */
export const isUntouched = (): boolean => navigator.userActivation?.hasBeenActive === false;
