import { ApiProperty } from '@nestjs/swagger';

/** A named set of scopes. */
export class ShownRole {
  @ApiProperty({ type: Number, description: 'The number of the role.' }) id!: number;
  @ApiProperty({ type: String, description: 'What it is called: unique in the installation.' }) name!: string;
  @ApiProperty({ type: Boolean, description: 'Whether everybody has it and nobody changes it.' }) built_in!: boolean;
  @ApiProperty({ type: [String], description: 'What it holds, in order.' }) scopes!: readonly string[];
}

/** A right that operations and fields name. */
export class ShownScope {
  @ApiProperty({ type: String, description: 'What it is called.' }) name!: string;
  @ApiProperty({ type: [String], description: 'The built-in roles that hold it.' }) roles!: readonly string[];
}
