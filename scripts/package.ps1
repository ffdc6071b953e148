# Freeze the program and make its Windows installer in dist\, trying the program out on the way.
# Inno Setup's compiler, iscc, must be on PATH.
# In an environment of its own: what else is installed in .venv must not slip into a package.
$env:CONTACT_HISTORY_VENV = 'build/venv'
. (Join-Path $PSScriptRoot '_common.ps1')
Initialize-Environment --package
Push-Location $Root
try { & $Python -m scripts._package @args } finally { Pop-Location }
exit $LASTEXITCODE
