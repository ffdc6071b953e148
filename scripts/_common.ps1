# Dot-sourced by the scripts beside this file: sets $Root and $Python, and makes the environment.
# PYTHON in the environment names the Python to make it from; the py launcher's newest otherwise.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$Root = Split-Path -Parent $PSScriptRoot
$Venv = if ($env:CONTACT_HISTORY_VENV) { $env:CONTACT_HISTORY_VENV } else { '.venv' }
$Python = Join-Path $Root "$Venv\Scripts\python.exe"

# Make .venv hold the locked packages: Initialize-Environment [--dev].
function Initialize-Environment {
    $setUp = Join-Path $PSScriptRoot '_environment.py'
    if ($env:PYTHON) {
        & $env:PYTHON $setUp @args
    } elseif (Get-Command py -ErrorAction SilentlyContinue) {
        & py -3 $setUp @args
    } elseif (Get-Command python -ErrorAction SilentlyContinue) {
        & python $setUp @args
    } else {
        [Console]::Error.WriteLine('Python 3.11 or later is needed, and there is none here.')
        exit 1
    }
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}
