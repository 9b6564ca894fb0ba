"""Methods of Matomo's that programs ask for and that are not there, each with why."""

from collections.abc import Mapping

_NO_MAILS = "No mails leave this server: add the account with UsersManager.addUser, or `pellucid account link LOGIN`."
_NO_CAPABILITIES = "Accounts have roles here, and no capabilities beside them."
_NO_PREFERENCES = "What an account sees first in Matomo's own interface is kept nowhere here."
_NO_ARCHIVE = "There is nothing to archive: reports are computed when they are asked for."
_NO_SCHEDULES = "Reports are not sent at set times: ask for them with API.getProcessedReport."

ABSENT: Mapping[str, str] = {
    "API.getPhpVersion": "There is no PHP here.",
    "CoreAdminHome.archiveReports": _NO_ARCHIVE,
    "CoreAdminHome.runCronArchiving": _NO_ARCHIVE,
    "CoreAdminHome.runScheduledTasks": "What is to be done at set times is done by the server itself.",
    "ImageGraph.get": "Graphs are drawn in the dashboard, and not as images: ask for the numbers instead.",
    "LanguagesManager.set12HourClockForUser": "Times are told by a clock of 24 hours.",
    "LanguagesManager.getTranslationsForLanguage": "Names are told in English, and there are no texts of an interface.",
    "ScheduledReports.addReport": _NO_SCHEDULES,
    "ScheduledReports.generateReport": _NO_SCHEDULES,
    "ScheduledReports.getReports": _NO_SCHEDULES,
    "ScheduledReports.sendReport": _NO_SCHEDULES,
    "SitesManager.deleteSite": (
        "A website is not deleted here: what is known of its visits would stay, and belong to nothing. Take the code "
        "out of its pages; what there is goes when it is due."
    ),
    "SitesManager.renameGroup": "Sites stand in no groups here.",
    "SitesManager.setKeepURLFragmentsGlobal": (
        "What follows # in an address is kept where an owner wants it: say so of the site, with keepURLFragments=1 of "
        "SitesManager.updateSite."
    ),
    "SitesManager.updateSiteCreatedTime": "When a site was added is not changed afterwards.",
    "UserCountry.setLocationProvider": "Where visitors are is found by the database that the server's settings name.",
    "UsersManager.addCapabilities": _NO_CAPABILITIES,
    "UsersManager.generateInviteLink": _NO_MAILS,
    "UsersManager.getUserPreference": _NO_PREFERENCES,
    "UsersManager.inviteUser": _NO_MAILS,
    "UsersManager.removeCapabilities": _NO_CAPABILITIES,
    "UsersManager.resendInvite": _NO_MAILS,
    "UsersManager.setUserPreference": _NO_PREFERENCES,
}
