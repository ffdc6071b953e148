; The Windows installer (Inno Setup 6.3 or later).  scripts/package.ps1 compiles it:
;   iscc /DVersion=1.2.3 /DSource=build\frozen\contact-history /Odist packaging\windows\contact-history.iss
;
; For one person without an administrator (the default), or for the computer:
;   contact-history-1.2.3-setup.exe /VERYSILENT /SUPPRESSMSGBOXES /NORESTART /CURRENTUSER
;   contact-history-1.2.3-setup.exe /VERYSILENT /SUPPRESSMSGBOXES /NORESTART /ALLUSERS
; /DIR="…" names another folder, /LOG="…" writes a log, /TASKS="" leaves the desktop icon out.
; Silent removal: unins000.exe /VERYSILENT.  What a person has on this computer (history, settings)
; stays; the administrator's guide says where it lies.

#ifndef Version
  #error Version isn't given
#endif
#ifndef Source
  #error Source, the frozen program's folder, isn't given
#endif

[Setup]
AppId={{7D6C2F0E-52B5-4E0B-9A57-1C0F4B6E83A1}
AppName=Contact History
AppVersion={#Version}
AppPublisher=The Contact History authors
VersionInfoVersion={#Version}
DefaultDirName={autopf}\Contact History
DisableProgramGroupPage=yes
DisableDirPage=auto
LicenseFile=..\..\LICENSE
UninstallDisplayName=Contact History
UninstallDisplayIcon={app}\Contact History.exe
OutputBaseFilename=contact-history-{#Version}-setup
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog commandline
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
Compression=lzma2/ultra64
SolidCompression=yes
WizardStyle=modern
CloseApplications=yes
RestartApplications=no
ChangesEnvironment=yes
#ifdef Signer
SignTool=signer
SignedUninstaller=yes
#endif

[Tasks]
Name: desktopicon; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked
Name: path; Description: "Let a console find the command contact-history"; Flags: unchecked

[InstallDelete]
; An update leaves nothing of the version before it among its own files.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Source}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
Name: "{autoprograms}\Contact History"; Filename: "{app}\Contact History.exe"
Name: "{autodesktop}\Contact History"; Filename: "{app}\Contact History.exe"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Software\Microsoft\Windows\CurrentVersion\App Paths\contact-history.exe"; \
    ValueType: string; ValueData: "{app}\contact-history.exe"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Environment"; ValueType: expandsz; ValueName: "Path"; \
    ValueData: "{olddata};{app}"; Tasks: path; Check: IsNewInPath(HKCU, 'Environment')

[Run]
Filename: "{app}\Contact History.exe"; Description: "{cm:LaunchProgram,Contact History}"; \
    Flags: nowait postinstall skipifsilent

[Code]
function IsNewInPath(Root: Integer; Key: string): Boolean;
var
  Known: string;
begin
  Result := not RegQueryStringValue(Root, Key, 'Path', Known)
    or (Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(Known) + ';') = 0);
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  Known, Ours: string;
  Place: Integer;
begin
  if Step <> usPostUninstall then
    exit;
  if not RegQueryStringValue(HKCU, 'Environment', 'Path', Known) then
    exit;
  Ours := ';' + ExpandConstant('{app}');
  Place := Pos(Uppercase(Ours) + ';', Uppercase(Known) + ';');
  if Place > 0 then begin
    Delete(Known, Place, Length(Ours));
    RegWriteExpandStringValue(HKCU, 'Environment', 'Path', Known);
  end;
end;
