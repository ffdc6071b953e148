# Run the tools that read the code: ruff, mypy and import-linter. Fails if any of them does.
. (Join-Path $PSScriptRoot '_common.ps1')
Initialize-Environment --dev
& $Python (Join-Path $PSScriptRoot '_check.py')
exit $LASTEXITCODE
