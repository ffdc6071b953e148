"""The dimensions and metrics that predicates may name (official SDK 269.0.0, enums).

The SDKs carry these lists because the service refuses anything else.
"""

from __future__ import annotations

from dataclasses import dataclass


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CONVERSATION_DIMENSIONS = _words(
    """
    accessAttribute conversationEnd conversationId conversationInitiator conversationStart
    customerParticipation divisionId externalTag mediaStatsMinConversationMos
    originatingDirection originatingSocialMediaPublic
    """
)
_CONVERSATION_METRICS = _words(
    """
    nAgentDeclined nAlertExpired nBlindTransferred nBotInteractions nCallbackAttempts
    nCallbackOverSla nCallbackScheduled nCfcOffered nCobrowseSessions nConnected nConsult
    nConsultTransferred nConversations nError nFlow nFlowMilestone nFlowOutcome
    nFlowOutcomeFailed nOffered nOutbound nOutboundAbandoned nOutboundAttempted
    nOutboundConnected nOverSla nStateTransitionError nTakeover nTransferred oAudioMessageCount
    oExternalAudioMessageCount oExternalMediaCount oFlowMilestone oMediaCount oMessageCount
    oMessageSegmentCount oMessageTurn oSkillExpressionApplications tAbandon tAcd tActiveCallback
    tActiveCallbackComplete tAcw tAgentResponseTime tAgentVideoConnected tAlert tAnswered
    tAverageAgentResponseTime tAverageCustomerResponseTime tBarging tCallbackAbandon
    tCallbackConnect tCallbackNotReached tCallbackVirtualWait tCfcAbandon tCfcAcd tCfcAnswered
    tCfcFlowOut tCoaching tCoachingComplete tConnected tContacting tConversationDuration
    tDialing tFirstConnect tFirstDial tFirstEngagement tFirstResponse tFlow tFlowDisconnect
    tFlowExit tFlowOut tFlowOutcome tHandle tHeld tHeldComplete tIvr tMonitoring
    tMonitoringComplete tNotResponding tPark tParkComplete tScreenMonitoring tShortAbandon
    tSnippetRecord tTalk tTalkComplete tTransmitting tUserResponseTime tVoicemail
    """
)
_SEGMENT_DIMENSIONS = _words(
    """
    addressFrom addressTo agentAssistantId agentOwned ani authenticated bargedParticipantId
    callbackNumber callbackScheduledTime canonicalExternalContactId cleared coachedParticipantId
    conference deliveryPushed deliveryStatus destinationAddress destinationConversationId
    detectedSpeechEnd detectedSpeechStart direction disconnectType dnis edgeId engagementSource
    errorCode exitReason extendedDeliveryStatus externalContactId externalOrganizationId
    flaggedReason flowId flowName flowOutType flowOutcome flowOutcomeId flowOutcomeValue
    flowVersion groupId journeyActionId journeyActionMapId journeyCustomerId
    journeyCustomerIdType journeyCustomerSessionId mediaCount mediaType messageType
    monitoredParticipantId outboundCampaignId outboundContactId outboundContactListId
    participantName protocolCallId provider purpose queueId recording remote
    remoteNameDisplayable requestedLanguageId requestedRouting requestedRoutingSkillId
    scoredAgentId screenMonitoredUserId screenRecording scriptId segmentEnd segmentType
    sessionDnis sipResponseCode skillExpressionId snippetRecording subject teamId
    transferTargetAddress transferTargetName transferType usedRouting userId wrapUpCode
    wrapUpNote
    """
)
_EVALUATION_DIMENSIONS = _words(
    """
    assigneeApplicable assigneeId calibrationId contextId deleted evaluationId evaluationStatus
    evaluatorId eventTime formId formName queueId released rescored systemSubmitted userId
    """
)
_SURVEY_DIMENSIONS = _words(
    """
    eventTime queueId surveyCompletedDate surveyFormContextId surveyFormId surveyId
    surveyPartialResponse surveyPromoterScore surveyStatus surveyType userId
    """
)


@dataclass(frozen=True)
class Vocabulary:
    """What the predicates of one of the five filter lists may be about."""

    dimensions: frozenset[str]
    metrics: frozenset[str]
    properties: bool = False


CONVERSATION = Vocabulary(_CONVERSATION_DIMENSIONS, _CONVERSATION_METRICS)
SEGMENT = Vocabulary(_SEGMENT_DIMENSIONS, frozenset({"tSegmentDuration"}), properties=True)
EVALUATION = Vocabulary(_EVALUATION_DIMENSIONS, frozenset({"oTotalScore", "oTotalCriticalScore"}))
SURVEY = Vocabulary(_SURVEY_DIMENSIONS, frozenset({"oSurveyTotalScore"}))
RESOLUTION = Vocabulary(frozenset(), frozenset({"nNextContactAvoided"}))
