/** Why a file cannot be read as a bill: half a sentence with its remedy, to come after the name of the file. */
export class BillProblem extends Error {
  override readonly name = 'BillProblem';
}
